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
	# less than watch waits for it
	r tc qdisc add dev rb root netem delay 3500ms limit 10000
	datagrams a 10.0.9.9 9 1
	r tc qdisc change dev rb root netem delay 0 limit 10000
	# shellcheck disable=SC2016
	in_ns a bash -c 'exec 3>/dev/udp/10.0.9.9/9; for ((i = 0; i < $1; i++)); do echo x >&3; done' bash "$sent"
	sleep 4
	ip -n b link del sink
	told delivered - 0
	expect b rx.replay too_old 1 -
}
