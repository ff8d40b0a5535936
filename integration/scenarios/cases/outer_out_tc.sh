# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# S21  A tc filter of the sender drops the encrypted packet.
inject() {
	a tc qdisc add dev eth0 clsact
	a tc filter add dev eth0 egress matchall action drop
	pings a 10.0.0.2
	expect a outer_out TC_EGRESS
}
