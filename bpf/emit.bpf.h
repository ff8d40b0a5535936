/* SPDX-License-Identifier: GPL-2.0-only */
/* Records of packets out to every consumer, drops into their counters, losses counted.
 * Records of handshakes: handshake.bpf.h. */
#ifndef WGT_EMIT_BPF_H
#define WGT_EMIT_BPF_H

#include "choice.bpf.h"
#include "packet.bpf.h"

/* A wake-up costs more than a record: wake when this much waits; readers also
 * look by a timer (plugin/source/kernel/consumer.h). */
#define WAKE_BYTES (512 << 10)

/* A packet's id: its skb's address, less that of wgt_config's entry. The verifier
 * lets us subtract two pointers but not hash one, and a copy through memory
 * would cost a helper call in every hook. Same in both sets of programs. */
static __always_inline __u64 skb_id(const void *skb)
{
	void *base = config();

	return base ? (__u64)distance(skb, base) : 0;
}

/* The same from an address that the verifier sees as a number. */
static __always_inline __u64 skb_id_at(__u64 address)
{
	struct wgt_config *c = config();

	return c ? address - c->self : 0;
}

static __always_inline __u64 skb_at(__u64 id)
{
	struct wgt_config *c = config();

	return c ? id + c->self : 0;
}

static __always_inline struct this_cpu *this_cpu(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&wgt_this_cpu, &zero);
}

static __always_inline bool watched(void)
{
	struct wgt_config *c = config();

	return c && c->consumers;
}

static __always_inline void count_loss(__u32 which)
{
	__u64 *n = bpf_map_lookup_elem(&wgt_losses, &which);

	if (n)
		(*n)++;
}

static __always_inline struct wgt_device_key device_key(const struct net_device *dev)
{
	struct wgt_device_key key = {
		.netns = dev->nd_net.net->ns.inum,
		.ifindex = (__u32)dev->ifindex,
	};

	return key;
}

static __always_inline struct wgt_device *traced(const struct wgt_device_key *key)
{
	return bpf_map_lookup_elem(&wgt_devices, key);
}

/* A first fragment is none: its packet may still come, and be sampled out. */
static __always_inline bool is_drop(const struct wgt_record *rec)
{
	if (rec->kind == WGT_RX)
		return rec->verdict != WGT_V_DELIVERED && rec->verdict != WGT_V_KEEPALIVE;
	return rec->kind == WGT_DROP ? rec->verdict != WGT_V_NETWORK_LOST : rec->verdict;
}

static __always_inline bool sampled_out(const struct wgt_record *rec, __u32 i)
{
	struct wgt_filter *f = bpf_map_lookup_elem(&wgt_filters, &i);

	if (!f || f->sample < 2 || !(rec->flags & WGT_F_KEY) || is_drop(rec) ||
	    wgt_sample_number(rec->receiver_index, rec->counter) % f->sample == 0)
		return false;
	count_left_out(i, WGT_LEFT_SAMPLED);
	return true;
}

/* Of a packet on its way out that is a tunnel's message, or how one may have ended. */
static __always_inline bool of_carrier(const struct wgt_record *rec)
{
	if (rec->kind == WGT_DROP &&
	    (rec->verdict == WGT_V_OUTER_OUT || rec->verdict == WGT_V_NETWORK_REJECTED))
		return true;
	return rec->kind != WGT_RX && rec->inner.proto == IPPROTO_UDP &&
	       rec->inner.tcp_flags == WGT_CARRIES_MESSAGE;
}

/* matched: its filter took the packet. */
VERIFIED_ONCE int emit_to(struct wgt_record *rec, __u32 i, __u32 matched)
{
	struct wgt_consumer *consumer = bpf_map_lookup_elem(&wgt_consumers, &i);
	struct wgt_config *c = config();
	struct wgt_record *place;
	void *ring;

	if (!consumer || !rec || !c)
		return 0;
	if (is_of(&consumer->device, &rec->device)) {
		if (c->samples & (1u << (i & 31)) && sampled_out(rec, i))
			return 0;
	} else if (!(c->carriers & (1u << (i & 31))) || !of_carrier(rec)) {
		return 0;
	}
	ring = bpf_map_lookup_elem(&wgt_rings, &i);
	if (!ring)
		return 0;

	__u64 flags = bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) >= WAKE_BYTES ? BPF_RB_FORCE_WAKEUP
									       : BPF_RB_NO_WAKEUP;

	/* Reserve and copy: cheaper than bpf_ringbuf_output's memcpy by call. By its
	 * type, so that words are copied: of void * the compiler assumes no alignment. */
	place = bpf_ringbuf_reserve(ring, sizeof(*rec), 0);
	if (place) {
		*place = *rec;
		if (matched)
			place->flags |= WGT_F_MATCHED;
		bpf_ringbuf_submit(place, flags);
		return 0;
	}
	/* Full: its owner is slow, or stopped. One that is gone has no bit (wgt_exit). */
	count_loss(WGT_LOSS_RING0 + i);
	return 0;
}

/* In bpf_loop(), which the verifier looks into only once. */
struct emission {
	struct wgt_record *rec;
	__u32 wanted;
	__u32 matched;
};
static long emit_one(__u32 i, struct emission *e)
{
	if (i < WGT_MAX_CONSUMERS && e->wanted & (1u << i))
		emit_to(e->rec, i, e->matched & (1u << i));
	return 0;
}

/* choice: NULL if no filter was asked, for what it could ask is not known here. */
VERIFIED_ONCE int emit(struct wgt_record *rec, const struct wgt_choice *choice)
{
	struct wgt_config *c = config();
	__u32 wanted = c ? c->consumers : 0, matched = 0;

	if (!rec)
		return 0;
	if (choice) {
		wanted &= ~choice->refused;
		matched = choice->matched;
	}
	rec->abi = WGT_ABI_VERSION;
	if (wanted == 1) { /* one consumer, the usual case */
		emit_to(rec, 0, matched & 1);
	} else if (wanted) {
		struct emission e = {rec, wanted, matched};

		bpf_loop(WGT_MAX_CONSUMERS, emit_one, &e, 0);
	}
	return 0;
}

/* Counts a drop whether or not anybody watches. Cold: only drops come here. */
VERIFIED_ONCE int count_drop(struct wgt_record *rec)
{
	struct wgt_drop_key key = {};
	struct wgt_drop_count *seen;
	struct this_cpu *cpu = this_cpu();

	if (!rec || !cpu)
		return 0;
	key.device = rec->device;
	key.verdict = rec->verdict;
	key.reason = rec->drop_reason;
	if (rec->flags & WGT_F_PEER)
		__builtin_memcpy(key.peer, rec->peer, sizeof(key.peer));
	seen = bpf_map_lookup_elem(&wgt_drops, &key);
	if (!seen) {
		bpf_map_update_elem(&wgt_drops, &key, &cpu->none_yet, BPF_NOEXIST);
		seen = bpf_map_lookup_elem(&wgt_drops, &key);
	}
	if (!seen) {
		count_loss(WGT_LOSS_DROPS);
		return 0;
	}
	__sync_fetch_and_add(&seen->count, 1);
	seen->last_ns = bpf_ktime_get_ns();
	if (rec->inner.version)
		seen->inner = rec->inner;
	if (rec->outer.version)
		seen->outer = rec->outer;
	return 0;
}

static __always_inline void set_peer(struct wgt_record *rec, const struct wg_peer *peer)
{
	/* Four words: struct noise_handshake.remote_static is an array of u8,
	 * which BTF lets us read in any width. */
	const __u64 *key = (const __u64 *)peer->handshake.remote_static;
	__u64 *to = (__u64 *)rec->peer;

	to[0] = key[0];
	to[1] = key[1];
	to[2] = key[2];
	to[3] = key[3];
	rec->flags |= WGT_F_PEER;
}

/* The totals of a peer on this CPU, or NULL if its slot is another peer's. */
static __always_inline struct wgt_peer_totals *peer_totals(__u64 peer_id)
{
	__u32 slot = (__u32)peer_id & (WGT_PEER_SLOTS - 1);
	struct wgt_peer_totals *t = bpf_map_lookup_elem(&wgt_peer_totals, &slot);

	if (!t)
		return NULL;
	if (t->peer_id == peer_id)
		return t;
	if (t->peer_id)
		return NULL;
	t->peer_id = peer_id;
	return t;
}

static __always_inline void add_latency(__u32 *buckets, __u64 ns)
{
	__u32 b = 0;

	ns >>= 8;
	if (ns >= 1u << WGT_LATENCY_BUCKETS)
		ns = (1u << WGT_LATENCY_BUCKETS) - 1;
	if (ns >> 16) {
		b += 16;
		ns >>= 16;
	}
	if (ns >> 8) {
		b += 8;
		ns >>= 8;
	}
	if (ns >> 4) {
		b += 4;
		ns >>= 4;
	}
	if (ns >> 2) {
		b += 2;
		ns >>= 2;
	}
	b += ns >> 1 ? 1 : 0;
	if (b < WGT_LATENCY_BUCKETS)
		buckets[b]++;
}

#endif
