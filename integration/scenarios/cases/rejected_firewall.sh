# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# -  A firewall on the way answers with an ICMP error.
inject() {
	r sysctl -qw net.ipv4.icmp_ratelimit=0
	fault r 'hook forward priority 0;' 'udp dport 51821 reject with icmpx type admin-prohibited'
	pings a 10.0.0.2
	told network.rejected 'admin_prohibited from 192.0.2.1'
	shown a network.rejected admin_prohibited
}
