# shellcheck shell=bash disable=SC2154,SC2034
# SPDX-License-Identifier: GPL-2.0-only
# R12, R13  The receiver's queues overflow: nothing decrypts for a while.
inject() {
	local before first index peeked=0
	before=$(counted_now b in)
	second_tunnel
	a ping -q -c 1 -W 2 10.0.8.2 >/dev/null || fail "no session"
	sleep 0.2
	first=$(($(counted_now b in) - before))
	index=$("$wgt" -n b show --json wg8 | jq '.peers[].sessions[] | select(.place == "current").local_index')
	# 1,024 fit into the peer's queue, and into the device's ring as many less those of the first
	# ones there, which it has not cleared (ptr_ring clears 16 at a time)
	# shellcheck disable=SC2016
	alone_in r bash -c 'printf -v message "\\x04\\\\0\\\\0\\\\0\\\\x%02x\\\\x%02x\\\\x%02x\\\\x%02x\\\\1%035d" \
			$(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24)) 0
		for ((i = 0; i < 1040; i++)); do printf "$message" >/dev/udp/198.51.100.2/51829; done' bash "$index"
	# nobody sent them: they are waited for
	settle=4.8
	# In softirq, not in a thread, wg_packet_rx_poll looks at what the full ring refused, and so
	# takes one out of the queue.
	[[ $(uname -r) == 7.* ]] || peeked=1
	expect b rx.queue_full - $((16 - peeked))
	expect b rx.auth_failed - $((1024 - first))
	# seen where packets are taken out of the queue
	unwatched_as
	expect b rx.ring_full - $((first + peeked))
}
