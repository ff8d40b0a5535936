# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# S5  What wg0 gets is neither IPv4 nor IPv6.
inject() {
	a tc qdisc add dev wg0 clsact
	a tc filter add dev wg0 egress matchall action pedit munge offset 0 u8 set 0x55
	pings a 10.0.0.2
	expect a tx.bad_protocol EPROTONOSUPPORT "$count" -
	unbalanced "what is no IP packet has no inner flow"
}
