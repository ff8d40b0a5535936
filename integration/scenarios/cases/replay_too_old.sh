# shellcheck shell=bash disable=SC2154,SC2034
# SPDX-License-Identifier: GPL-2.0-only
# R17  A packet comes 8,200 later ones late: beyond the window.
inject() {
	local sent=8200
	second_tunnel
	b ip link add sink type dummy
	b ip link set sink up
	b ip route add 10.0.9.0/24 dev sink
	a ping -q -c 1 -W 2 10.0.8.2 >/dev/null || fail "no session"
	a ip route add 10.0.9.0/24 dev wg8
	r tc qdisc add dev rb root netem delay 30s limit 10000
	datagrams a 10.0.9.9 9 1
	r tc qdisc change dev rb root netem delay 0 limit 10000
	datagrams a 10.0.9.9 9 "$sent"
	sleep 31
	ip -n b link del sink
	told delivered - 0
	unwatched_as unknown 'rx.replay or rx.bad_inner'
	expect b rx.replay too_old 1 -
}
