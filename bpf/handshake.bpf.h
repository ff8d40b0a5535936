/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Handshakes: what the hooks in handshake_in.bpf.h and handshake_out.bpf.h see
 * is kept here, per peer and of unknown senders, and told to whoever watches. Nothing
 * here runs per packet: a peer makes a handshake every two minutes.
 */
#ifndef WGT_HANDSHAKE_BPF_H
#define WGT_HANDSHAKE_BPF_H

#include "abi/handshake.h"
#include "emit.bpf.h"
#include "ended_sessions.bpf.h"

/* The kernel's structs as far as only handshakes need them (kernel.bpf.h). */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct hlist_node {
	struct hlist_node **pprev;
};

struct timer_list {
	struct hlist_node entry;
	unsigned long expires;
};

struct noise_static_identity {
	bool has_identity;
};

/* drivers/net/wireguard/noise.h */
enum noise_handshake_state {
	HANDSHAKE_ZEROED = 0,
	HANDSHAKE_CREATED_INITIATION = 1,
};

struct noise_handshake___hs {
	struct index_hashtable_entry entry;
	enum noise_handshake_state state;
	__u64 last_initiation_consumption;
	struct noise_static_identity *static_identity;
	__u8 remote_static[32];
	__u8 latest_timestamp[12];
};

struct wg_peer___hs {
	struct noise_handshake___hs handshake;
	struct timer_list timer_retransmit_handshake, timer_send_keepalive;
	struct timer_list timer_new_handshake;
	unsigned int timer_handshake_attempts;
	__u64 rx_bytes, tx_bytes;
};

struct ptr_ring {
	int producer;
	void **queue;
};

struct crypt_queue {
	struct ptr_ring ring;
};

struct wg_device___hs {
	struct noise_static_identity static_identity;
	struct crypt_queue handshake_queue;
};

#pragma clang attribute pop

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, WGT_MAX_PEERS);
	__type(key, struct wgt_peer_key);
	__type(value, struct wgt_handshake);
} wgt_handshakes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, WGT_MAX_UNKNOWN_SENDERS);
	__type(key, struct wgt_unknown_sender_key);
	__type(value, struct wgt_unknown_sender);
} wgt_unknown_senders SEC(".maps");

/* Our initiations by their sender index, which a response or a cookie repeats. */
enum initiation_state {
	INITIATION_OPEN,
	INITIATION_REPLACED, /* by our next one */
	INITIATION_GAVE_WAY, /* to the peer's: consume_initiation forgets ours */
	INITIATION_ENDED,    /* answered */
};
struct initiation {
	__u64 ns;
	__u64 peer; /* address of struct wg_peer: only good while remote_static agrees */
	__u8 key[32];
	__u32 state;
	__u32 zero;
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, WGT_MAX_PEERS);
	__type(key, struct wgt_index_key);
	__type(value, struct initiation);
} wgt_initiations SEC(".maps");

static __always_inline void end_initiation(const struct wgt_peer_key *key, __u32 index, __u32 state)
{
	struct wgt_index_key at = {.device = key->device, .index = index};
	struct initiation *i = bpf_map_lookup_elem(&wgt_initiations, &at);

	if (i && i->state == INITIATION_OPEN)
		i->state = state;
}

/* Too big for the stack. Stays zero. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wgt_handshake);
} wgt_no_handshake SEC(".maps");

static __always_inline struct wgt_handshake *handshake_of(const struct wgt_peer_key *key)
{
	struct wgt_handshake *h = bpf_map_lookup_elem(&wgt_handshakes, key);
	__u32 zero = 0;
	void *none;

	if (h)
		return h;
	none = bpf_map_lookup_elem(&wgt_no_handshake, &zero);
	if (!none)
		return NULL;
	bpf_map_update_elem(&wgt_handshakes, key, none, BPF_NOEXIST);
	h = bpf_map_lookup_elem(&wgt_handshakes, key);
	if (h)
		h->first_ns = bpf_ktime_get_ns();
	return h;
}

static __always_inline bool peer_key(struct wgt_peer_key *key, struct wg_peer *peer)
{
	return peer_device(&key->device, peer) &&
	       !bpf_probe_read_kernel(key->peer, sizeof(key->peer), peer->handshake.remote_static);
}

/* messages.h: initiation and response begin alike; a cookie has the index of the
 * initiation or response that it answers in the place of the first. */
struct handshake_header {
	__u32 type;
	__u32 sender_index;
	__u32 receiver_index; /* of a response */
};

/* messages.h: sizes of whole messages */
#define INITIATION_BYTES 148
#define RESPONSE_BYTES	 92

/* What came from a peer but initiations; while none of ours is answered, that is
 * data. Of use only compared with another time's: it wraps. */
static __always_inline __u32 data_bytes(const struct wgt_handshake *h, struct wg_peer___hs *peer)
{
	__u64 initiations = h->count[WGT_HS_INITIATION_ACCEPTED] * INITIATION_BYTES;

	return (__u32)(BPF_CORE_READ(peer, rx_bytes) - initiations);
}

/* What happened. All but `what` may be zero. */
struct hs_report {
	__u32 what; /* enum wgt_hs */
	__s32 error;
	__u32 sender_index;
	__u32 receiver_index;
	__u64 initiation_ns; /* when the initiation was made that it is about */
	/* Filled by note() and note_stranger(). */
	struct wgt_device_key device;
	__u64 now_ns;
	__u32 attempts;
	__u32 has_peer;
	__u8 peer[32];
};
/* The pointer is apart: report_to() makes numbers of what it gets. */
struct hs_event {
	struct hs_report;
	const struct wgt_tuple *outer;
};

/* Written where the reader finds it: the stack has no room for a record. */
VERIFIED_ONCE int report_to(const struct hs_report *e, const struct wgt_tuple *outer, __u32 i)
{
	struct wgt_consumer *consumer = bpf_map_lookup_elem(&wgt_consumers, &i);
	struct wgt_record *rec;
	void *ring;

	if (!consumer || !e)
		return 0;
	if (consumer->device.ifindex && (consumer->device.netns != e->device.netns ||
					 consumer->device.ifindex != e->device.ifindex))
		return 0;
	ring = bpf_map_lookup_elem(&wgt_rings, &i);
	if (!ring)
		return 0;
	rec = bpf_ringbuf_reserve(ring, sizeof(*rec), 0);
	if (!rec) {
		count_loss(WGT_LOSS_RING0 + i);
		return 0;
	}
	__builtin_memset(rec, 0, sizeof(*rec));
	rec->abi = WGT_ABI_VERSION;
	rec->kind = WGT_HANDSHAKE;
	rec->verdict = (__u8)e->what;
	rec->device = e->device;
	rec->receiver_index = e->receiver_index;
	rec->counter = e->sender_index;
	rec->hop_ns[0] = e->now_ns;
	rec->hop_ns[1] = e->initiation_ns;
	rec->error = e->error;
	rec->drop_reason = e->attempts;
	if (e->sender_index || e->receiver_index)
		rec->flags = WGT_F_KEY;
	if (outer)
		rec->outer = *outer;
	if (e->has_peer) {
		__builtin_memcpy(rec->peer, e->peer, sizeof(rec->peer));
		rec->flags |= WGT_F_PEER;
	}
	bpf_ringbuf_submit(rec, BPF_RB_NO_WAKEUP);
	return 0;
}

static __always_inline void tell(const struct hs_event *e)
{
	const struct wgt_tuple *outer = e->outer;
	struct wgt_config *c = config();
	__u32 wanted = c ? c->handshakes : 0;

	/* No bpf_loop() as in emit(): its frame would be one too many on 6.1's stack. */
	for (__u32 i = 0; i < WGT_MAX_CONSUMERS; i++) {
		if (wanted & (1u << i))
			report_to((const struct hs_report *)e, outer, i);
	}
}

/* Counts an event of a peer's and tells it. Its state, for what else it means. */
static __noinline struct wgt_handshake *note(const struct wgt_peer_key *key, struct hs_event *e)
{
	struct wgt_handshake *h = handshake_of(key);
	__u32 what = e->what;

	if (!h || what >= WGT_HS_COUNT)
		return NULL;
	e->now_ns = bpf_ktime_get_ns();
	h->count[what]++;
	h->last_ns[what] = e->now_ns;
	if (WGT_HS_IS_RESULT(what))
		h->result = what;
	e->device = key->device;
	__builtin_memcpy(e->peer, key->peer, sizeof(e->peer));
	e->has_peer = 1;
	e->attempts = h->attempts;
	tell(e);
	return h;
}

/* The same of somebody who is no peer. */
static __noinline int note_stranger(const struct wgt_device_key *device, const __u8 *id,
				    struct hs_event *e)
{
	struct wgt_unknown_sender_key key = {.device = *device, .result = e->what};
	struct wgt_unknown_sender none = {}, *s;

	e->now_ns = bpf_ktime_get_ns();
	if (id)
		__builtin_memcpy(key.id, id, sizeof(key.id));
	s = bpf_map_lookup_elem(&wgt_unknown_senders, &key);
	if (!s) {
		bpf_map_update_elem(&wgt_unknown_senders, &key, &none, BPF_NOEXIST);
		s = bpf_map_lookup_elem(&wgt_unknown_senders, &key);
	}
	if (!s)
		return 0;
	__sync_fetch_and_add(&s->count, 1);
	if (!s->without_pause || e->now_ns - s->last_ns > WGT_PAUSE_NS) {
		s->first_ns = e->now_ns;
		s->without_pause = 0;
	}
	s->without_pause++;
	s->last_ns = e->now_ns;
	if (e->outer && e->outer->version) {
		__builtin_memcpy(s->source.address, e->outer->src, sizeof(s->source.address));
		s->source.port = e->outer->src_port;
		s->source.version = e->outer->version;
	}
	e->device = *device;
	if (e->what == WGT_HS_UNKNOWN_INITIATOR) {
		__builtin_memcpy(e->peer, key.id, sizeof(e->peer));
		e->has_peer = 1;
	}
	tell(e);
	return 0;
}

static __always_inline bool same_endpoint(const struct wgt_endpoint *a,
					  const struct wgt_endpoint *b)
{
	return a->version == b->version && a->port == b->port &&
	       same_address(a->address, b->address);
}

static __always_inline void endpoint_is(struct wgt_handshake *h, const struct wgt_endpoint *now,
					__u32 by)
{
	__u32 place = h->endpoint_changes & (WGT_ENDPOINT_CHANGES - 1);
	__u64 ns = bpf_ktime_get_ns();

	if (!same_endpoint(&h->endpoint, now)) {
		if (h->endpoint_ns) {
			struct wgt_endpoint_change *change = &h->changes[place];

			change->ns = ns;
			change->after_ns = h->endpoint_ns;
			change->from = h->endpoint;
			change->to = *now;
			change->by = by;
			h->endpoint_changes++;
		}
		h->endpoint = *now;
	}
	h->endpoint_ns = ns;
}

/* WireGuard may change it with every packet (wg_socket_set_peer_endpoint), where a
 * hook would cost every packet: so it is looked at when there is a handshake and
 * when somebody asks. */
static __always_inline void note_endpoint(struct wgt_handshake *h, struct wg_peer *peer)
{
	struct wgt_endpoint now = {};
	struct endpoint_bytes e = {};
	void *at = (void *)((__u64)peer + bpf_core_field_offset(struct wg_peer, endpoint));

	if (bpf_core_field_size(struct wg_peer, endpoint) != sizeof(e) ||
	    bpf_probe_read_kernel(&e, sizeof(e), at))
		return;
	if (e.family == WGT_AF_INET) {
		now.version = 4;
		__builtin_memcpy(now.address, &e.addr4, 4);
	} else if (e.family == WGT_AF_INET6) {
		now.version = 6;
		__builtin_memcpy(now.address, e.addr6, 16);
	}
	now.port = now.version ? e.port : 0;
	endpoint_is(h, &now, WGT_HS_NONE);
}

#endif
