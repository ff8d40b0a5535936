# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# S22  The queue of the sender's network device is full.
inject() {
	# a queue for one tunnel, whose session is new: no handshake and no keepalive takes a place
	second_tunnel
	a ping -q -c 1 -W 2 10.0.8.2 >/dev/null || fail "no session"
	a tc qdisc add dev eth0 root handle 1: prio bands 2 priomap 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
	a tc qdisc add dev eth0 parent 1:2 netem delay 500ms limit 2
	a tc filter add dev eth0 parent 1: protocol ip u32 match ip dport 51829 0xffff flowid 1:2
	pings a 10.0.8.2 10
	expect a outer_out QDISC_DROP 8
	told delivered - 4
}
