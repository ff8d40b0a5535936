# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R3  The receiver's firewall drops the encrypted packet.
inject() {
	fault b 'hook input priority 0;' 'udp dport 51821 drop'
	pings a 10.0.0.2
	expect b outer_in NETFILTER_DROP
}
