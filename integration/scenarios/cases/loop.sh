# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# S20  The endpoint is routed into the tunnel: each round encrypts the message of the one before.
inject() {
	# ends it: the outer packets have 268, 332, 396 and 460 bytes
	fault a 'hook output priority 0;' 'udp dport 51821 meta length > 450 drop'
	a wg set wg0 peer "$key_b" endpoint 10.9.9.9:51821 \
		allowed-ips 10.0.0.2/32,fd00::2/128,10.9.9.0/24
	ip -n a route add 10.9.9.0/24 dev wg0
	pings a 10.0.0.2 2
	ip -n a route del 10.9.9.0/24 dev wg0
	expect a tx.loop - 6
	expect a outer_out NETFILTER_DROP 2
	unbalanced "what loops enters wg0 again"
}
