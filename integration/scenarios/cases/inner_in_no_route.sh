# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R25  The receiver has no route to the inner destination.
inject() {
	a wg set wg0 peer "$key_b" allowed-ips 10.0.0.2/32,fd00::2/128,192.168.50.0/24,172.31.0.0/24
	ip -n a route add 172.31.0.0/24 dev wg0
	ip -n b route del default
	ip -n b route add 192.0.2.0/24 via 198.51.100.1
	pings a 172.31.0.1
	ip -n b route del 192.0.2.0/24 via 198.51.100.1
	ip -n a route del 172.31.0.0/24 dev wg0
	expect b inner_in IP_INNOROUTES
}
