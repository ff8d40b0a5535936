# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R3  The receiver's reverse path filter: answers would leave elsewhere.
inject() {
	ip -n b route del default
	ip -n b route add 192.0.2.0/24 dev lan0
	b sysctl -qw net.ipv4.conf.eth0.rp_filter=1
	pings a 10.0.0.2
	ip -n b route del 192.0.2.0/24 dev lan0
	expect b outer_in IP_RPFILTER
}
