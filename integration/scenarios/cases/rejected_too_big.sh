# shellcheck shell=bash disable=SC2154,SC2034
# SPDX-License-Identifier: GPL-2.0-only
# F34  A router on the way cannot send it on whole, and says so (IPv6).
inject() {
	a wg set wg0 peer "$key_b" endpoint '[2001:db8:b::2]:51821'
	ip -n r link set rb mtu 1400
	length=1400
	pings a 10.0.0.2 1
	ip -n r link set rb mtu 1500
	ip -n a -6 route flush cache
	told network.rejected 'packet_too_big from 2001:db8:a::1' 1
	shown a network.rejected packet_too_big 1
}
