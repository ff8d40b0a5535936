/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A peer as it is while its device is dumped: which of the kernel's timers run,
 * what waits, and which of the last numbers came. Read, never counted per packet.
 */
#ifndef WGT_PEER_NOW_BPF_H
#define WGT_PEER_NOW_BPF_H

#include "handshake.bpf.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct noise_replay_counter___now {
	unsigned long backtrack[128]; /* receive.c: a bit for each of the last 8192 numbers */
};

struct noise_keypair___now {
	struct noise_replay_counter___now receiving_counter;
};

#pragma clang attribute pop

#define WINDOW_WORDS 128

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, WGT_MAX_PEERS);
	__type(key, struct wgt_peer_key);
	__type(value, struct wgt_peer_now);
} wgt_peers_now SEC(".maps");

/* For those who share the pins; no program looks into it. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 256);
	__type(key, struct wgt_peer_key);
	__type(value, struct wgt_round_trip);
} wgt_round_trips SEC(".maps");

/* counter_validate() keeps number n at bit n + 1, and clears whole words ahead of
 * the newest: so the bits that are set are the numbers that came, of those since
 * the start of the oldest word. */
VERIFIED_ONCE int read_window(struct wgt_peer_now *now, __u64 keypair)
{
	__u64 bits = keypair +
		     bpf_core_field_offset(struct noise_keypair___now, receiving_counter.backtrack);
	__u64 newest = BPF_CORE_READ((struct noise_keypair *)keypair, receiving_counter.counter);
	__u64 oldest =
		newest / 64 >= WINDOW_WORDS - 1 ? (newest / 64 - (WINDOW_WORDS - 1)) * 64 : 0;
	__u32 received = 0;

	if (!now || !newest)
		return 0;
	for (int i = 0; i < WINDOW_WORDS; i++) {
		__u64 word = 0;

		bpf_probe_read_kernel(&word, sizeof(word), (void *)(bits + i * sizeof(word)));
		received += (__u32)__builtin_popcountll(word);
	}
	now->window_counter = newest;
	now->window_received = received;
	/* Bit 0 is nobody's. */
	now->window_expected = (__u32)(newest - (oldest ? oldest - 1 : 0));
	return 0;
}

static __always_inline __u64 runs_until(const struct timer_list *timer)
{
	return BPF_CORE_READ(timer, entry.pprev) ? BPF_CORE_READ(timer, expires) : 0;
}

VERIFIED_ONCE int write_now(__u64 peer_address)
{
	struct wg_peer___hs *hs = (void *)peer_address;
	struct wg_peer *peer = (void *)peer_address;
	struct noise_keypair *k = BPF_CORE_READ(peer, keypairs.current_keypair);
	struct wgt_peer_now now = {};
	struct wgt_peer_key key = {};
	struct wgt_handshake *h;

	if (!peer_key(&key, peer))
		return 0;
	now.ns = bpf_ktime_get_ns();
	now.jiffies = bpf_jiffies64();
	now.peer_id = BPF_CORE_READ(peer, internal_id);
	now.retransmit_at = runs_until(&hs->timer_retransmit_handshake);
	now.new_handshake_at = runs_until(&hs->timer_new_handshake);
	now.send_keepalive_at = runs_until(&hs->timer_send_keepalive);
	now.attempts = BPF_CORE_READ(hs, timer_handshake_attempts);
	now.staged = BPF_CORE_READ(peer, staged_packet_queue.qlen);
	now.rx_queued = (__u32)BPF_CORE_READ(peer, rx_queue.count.counter);
	if (k)
		read_window(&now, (__u64)k);
	h = handshake_of(&key);
	if (h) {
		note_endpoint(h, peer);
		if (h->attempts > 1)
			now.came_bytes = data_bytes(h, hs) - h->data_bytes;
	}
	bpf_map_update_elem(&wgt_peers_now, &key, &now, BPF_ANY);
	return 0;
}

#endif
