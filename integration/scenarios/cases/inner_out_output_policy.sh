# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# S1  a's own firewall drops the packet before wg0 gets it (OUTPUT).
inject() {
	fault a 'hook output priority 0;' 'oifname wg0 drop'
	pings a 10.0.0.2
	expect a inner_out NETFILTER_DROP
}
