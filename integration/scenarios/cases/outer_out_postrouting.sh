# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# S21  The same in the postrouting chain.
inject() {
	fault a 'hook postrouting priority 0;' 'udp dport 51821 drop'
	pings a 10.0.0.2
	expect a outer_out NETFILTER_DROP
}
