# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# S22  The queue of the sender's network device is full.
inject() {
	# a new session: no handshake takes a place in the queue
	second_tunnel
	a ping -q -c 1 -W 2 10.0.8.2 >/dev/null || fail "no session"
	a tc qdisc add dev eth0 root netem delay 500ms limit 2
	pings a 10.0.8.2 10
	expect a outer_out QDISC_DROP 8
	told delivered - 4
}
