# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# S22  The queue of the sender's network device is full.
inject() {
	a tc qdisc add dev eth0 root netem delay 500ms limit 2
	pings a 10.0.0.2 10
	expect a outer_out QDISC_DROP 8
	told delivered - 4
}
