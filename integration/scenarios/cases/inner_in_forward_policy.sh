# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R25  The receiver's firewall does not forward it.
inject() {
	fault b 'hook forward priority 0;' drop
	pings a 192.168.50.2
	expect b inner_in NETFILTER_DROP
}
