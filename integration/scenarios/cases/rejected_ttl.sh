# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# -  The TTL runs out at the router.
inject() {
	r sysctl -qw net.ipv4.icmp_ratelimit=0
	a sysctl -qw net.ipv4.ip_default_ttl=1
	pings a 10.0.0.2
	a sysctl -qw net.ipv4.ip_default_ttl=64
	told network.rejected 'ttl_exceeded from 192.0.2.1'
	shown a network.rejected ttl_exceeded
}
