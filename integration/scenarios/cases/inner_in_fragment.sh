# shellcheck shell=bash disable=SC2154,SC2034
# SPDX-License-Identifier: GPL-2.0-only
# R25  The receiver sends it on in fragments, copies of it, and the first is too large for the next hop.
inject() {
	length=1300
	ip -n b link set lan0 mtu 1280
	ip -n l link set eth0 mtu 1000
	# later, when the call that made the fragments has returned
	b tc qdisc add dev lan0 root netem delay 10ms
	a ping -q -c "$count" -i 0.01 -W 0.3 -M dont -s $((length - 28)) 192.168.50.2 >/dev/null || true
	ip -n b link set lan0 mtu 1500
	ip -n l link set eth0 mtu 1500
	expect b inner_in NOT_SPECIFIED
	inferred
}
