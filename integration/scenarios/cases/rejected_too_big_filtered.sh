# shellcheck shell=bash disable=SC2154,SC2034
# SPDX-License-Identifier: GPL-2.0-only
# F35  A router says that it is too big, and the sender's own firewall keeps that out (IPv6).
inject() {
	a wg set wg0 peer "$key_b" endpoint '[2001:db8:b::2]:51821'
	ip -n r link set rb mtu 1400
	fault a 'hook input priority 0;' 'icmpv6 type packet-too-big drop'
	length=1400
	pings a 10.0.0.2 2
	ip -n r link set rb mtu 1500
	told network.rejected 'packet_too_big_filtered from 2001:db8:a::1' 2
	shown a network.rejected packet_too_big_filtered 2
}
