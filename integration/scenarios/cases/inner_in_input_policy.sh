# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R25  The receiver's firewall does not let it in.
inject() {
	fault b 'hook input priority 0;' 'iifname wg0 drop'
	pings a 10.0.0.2
	expect b inner_in NETFILTER_DROP
}
