# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R5  The UDP checksum of the encrypted packet is wrong.
inject() {
	a ethtool -K eth0 tx off >/dev/null
	fault r 'hook forward priority 0;' 'udp dport 51821 udp length > 160 @th,48,16 set 0xdead'
	pings a 10.0.0.2
	a ethtool -K eth0 tx on >/dev/null
	expect b outer_in UDP_CSUM
}
