# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# S1  b's firewall drops what the LAN host sends into the tunnel (FORWARD).
inject() {
	fault b 'hook forward priority 0;' 'oifname wg0 drop'
	pings l 10.0.0.1
	expect b inner_out NETFILTER_DROP
}
