# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R21  The decrypted packet says that it is longer than it is.
inject() {
	a tc qdisc add dev wg0 clsact
	a tc filter add dev wg0 egress matchall action pedit munge offset 2 u16 set 0xff00
	pings a 10.0.0.2
	unwatched_as unknown 'rx.replay or rx.bad_inner'
	expect b rx.bad_inner bad_length
}
