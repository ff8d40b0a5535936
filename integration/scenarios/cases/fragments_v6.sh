# shellcheck shell=bash disable=SC2154,SC2034
# SPDX-License-Identifier: GPL-2.0-only
# F33  The same with IPv6 outside: the sender itself makes the fragments.
inject() {
	a wg set wg0 peer "$key_b" endpoint '[2001:db8:b::2]:51821'
	links 1300
	length=1400
	pings a 10.0.0.2
	links 1500
	told delivered - $((2 * count))
}
links() {
	ip -n a link set eth0 mtu "$1"
	ip -n r link set ra mtu "$1"
	ip -n b link set eth0 mtu "$1"
	ip -n r link set rb mtu "$1"
}
