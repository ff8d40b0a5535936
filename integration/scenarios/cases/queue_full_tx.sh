# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# S14, S15  The sender's queues overflow: nothing encrypts for a while.
inject() {
	local before came
	second_tunnel
	b ip link add sink type dummy
	b ip link set sink up
	b ip route add 10.0.9.0/24 dev sink
	a ping -q -c 1 -W 2 10.0.8.2 >/dev/null || fail "no session"
	a ip route add 10.0.9.0/24 dev wg8
	before=$(counted_now b in)
	# 1,024 fit into the peer's queue, and into the device's ring as many less those places that
	# it has not cleared (ptr_ring clears 16 at a time)
	# shellcheck disable=SC2016
	alone_in a bash -c 'for ((i = 0; i < 1040; i++)); do printf datagram >/dev/udp/10.0.9.9/9; done' || true
	sleep 0.5
	came=$(($(counted_now b in) - before))
	ip -n b link del sink
	((came > 1008)) || fail "of 1,040 packets only $came came"
	expect a tx.queue_full - 16
	# from its flow alone it cannot be told from one that was not encrypted
	unwatched_as unknown -
	expect a tx.ring_full - $((1024 - came))
}
