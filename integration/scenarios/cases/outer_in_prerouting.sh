# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R3  The same in the prerouting chain.
inject() {
	fault b 'hook prerouting priority -100;' 'udp dport 51821 drop'
	pings a 10.0.0.2
	expect b outer_in NETFILTER_DROP
}
