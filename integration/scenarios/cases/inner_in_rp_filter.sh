# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R25  The receiver's reverse path filter on wg0.
inject() {
	ip -n b route add 10.0.0.1/32 via 198.51.100.1
	b sysctl -qw net.ipv4.conf.wg0.rp_filter=1
	pings a 10.0.0.2
	ip -n b route del 10.0.0.1/32 via 198.51.100.1
	expect b inner_in IP_RPFILTER
}
