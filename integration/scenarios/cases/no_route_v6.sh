# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# S19, F67  The sender has no route to an IPv6 endpoint.
inject() {
	a wg set wg0 peer "$key_b" endpoint '[2001:db8:b::2]:51821'
	ip -n a -6 route del default
	pings a 10.0.0.2
	expect a tx.no_route ENETUNREACH "$count" -
}
