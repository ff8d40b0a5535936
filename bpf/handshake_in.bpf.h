/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A handshake message that came in, step by step as wg_receive_handshake_packet
 * takes it: MAC, whose it is, consumed or not. In a kworker, which can be
 * preempted: so what is known so far is kept by task.
 */
#ifndef WGT_HANDSHAKE_IN_BPF_H
#define WGT_HANDSHAKE_IN_BPF_H

#include "handshake.bpf.h"

#define INITIATIONS_NS 20000000ull /* noise.c: one per 1/50 s is accepted */

/* noise.c: tai64n_now() */
#define TAI64N_EPOCH 0x400000000000000aull

/* cookie.h: enum cookie_mac_state */
#define INVALID_MAC			      0
#define VALID_MAC_BUT_NO_COOKIE		      1
#define VALID_MAC_WITH_COOKIE_BUT_RATELIMITED 2

struct arriving {
	struct wgt_device_key device;
	struct handshake_header header;
	__u32 looked; /* for the initiator's key among our peers */
	__u64 found;  /* address of struct wg_peer; 0: that key is nobody's */
	__u8 key[32];
	struct wgt_tuple outer;
	__u32 zero;
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 256);
	__type(key, __u64);
	__type(value, struct arriving);
} wgt_arriving SEC(".maps");

static __always_inline struct arriving *arriving(void)
{
	__u64 task = bpf_get_current_pid_tgid();

	return bpf_map_lookup_elem(&wgt_arriving, &task);
}

static __always_inline void done_with(struct arriving *a)
{
	__u64 task = bpf_get_current_pid_tgid();

	bpf_map_delete_elem(&wgt_arriving, &task);
}

static __noinline int begin(__u64 wg_address, __u64 skb_address)
{
	struct sk_buff *skb = (void *)skb_address;
	struct wg_device *wg = (void *)wg_address;
	struct net_device *dev = BPF_CORE_READ(wg, dev);
	__u64 task = bpf_get_current_pid_tgid();
	struct arriving a = {};
	unsigned char *ip;

	a.device.netns = BPF_CORE_READ(dev, nd_net.net, ns.inum);
	a.device.ifindex = (__u32)BPF_CORE_READ(dev, ifindex);
	if (!traced(&a.device) ||
	    bpf_probe_read_kernel(&a.header, sizeof(a.header), BPF_CORE_READ(skb, data)))
		return 0;
	ip = BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, network_header);
	read_tuple_at(&a.outer, (__u64)ip, linear_of(skb_address, (__u64)ip));
	bpf_map_update_elem(&wgt_arriving, &task, &a, BPF_ANY);
	return 0;
}

SEC("fentry")
int BPF_PROG(wgt_hs_begin, struct wg_device *wg, struct sk_buff *skb)
{
	begin((__u64)wg, (__u64)skb);
	return 0;
}

/* check_cookie: the host is under load. */
static __noinline int mac_checked(__u32 check_cookie, __u32 state)
{
	struct arriving *a = arriving();
	struct hs_event e = {};
	__u8 source[32] = {};

	if (!a)
		return 0;
	if (state == INVALID_MAC)
		e.what = WGT_HS_WRONG_RESPONDER_KEY;
	else if (state == VALID_MAC_WITH_COOKIE_BUT_RATELIMITED)
		e.what = WGT_HS_RATE_LIMITED;
	else if (check_cookie && state == VALID_MAC_BUT_NO_COOKIE)
		e.what = WGT_HS_COOKIE_REQUIRED;
	else
		return 0;
	e.sender_index = a->header.sender_index;
	e.outer = &a->outer;
	__builtin_memcpy(source, a->outer.src, sizeof(a->outer.src));
	/* The MAC of a response is made with our key as the peer was told it by us. */
	if (e.what != WGT_HS_WRONG_RESPONDER_KEY || a->header.type == MESSAGE_HANDSHAKE_INITIATION)
		note_stranger(&a->device, source, &e);
	done_with(a);
	return 0;
}

SEC("fexit")
int BPF_PROG(wgt_hs_mac, void *checker, struct sk_buff *skb, bool check_cookie, __u32 state)
{
	mac_checked(check_cookie, state);
	return 0;
}

/* Also called for netlink: then this task has no message. */
SEC("fexit")
int BPF_PROG(wgt_hs_who, void *table, const __u8 *key, struct wg_peer *peer)
{
	struct arriving *a = arriving();

	if (!a)
		return 0;
	a->looked = 1;
	a->found = (__u64)peer;
	bpf_probe_read_kernel(a->key, sizeof(a->key), key);
	return 0;
}

static __always_inline void source_of(struct wgt_endpoint *to, const struct wgt_tuple *outer)
{
	__builtin_memcpy(to->address, outer->src, sizeof(to->address));
	to->port = outer->src_port;
	to->version = outer->version;
}

/* The endpoint moves to where a handshake message came from; just after this. */
static __always_inline void moves_to_source(struct wgt_handshake *h, struct wg_peer *peer,
					    const struct wgt_tuple *outer, __u32 by)
{
	struct wgt_endpoint source = {};

	note_endpoint(h, peer);
	if (!outer->version)
		return;
	source_of(&source, outer);
	endpoint_is(h, &source, by);
}

static __always_inline void read_their_time(struct wgt_handshake *h, struct wg_peer___hs *peer)
{
	__be64 seconds = 0;
	__be32 ns = 0;
	__u64 at = (__u64)peer +
		   bpf_core_field_offset(struct wg_peer___hs, handshake.latest_timestamp);

	bpf_probe_read_kernel(&seconds, sizeof(seconds), (void *)at);
	bpf_probe_read_kernel(&ns, sizeof(ns), (void *)(at + sizeof(seconds)));
	if (!seconds)
		return;
	h->their_time_s = bpf_be64_to_cpu(seconds) - TAI64N_EPOCH;
	h->their_time_ns = bpf_ntohl(ns);
}

/* Of the session that the response to it begins (session_begun). */
static __always_inline void asked_at(struct wgt_handshake *h, const struct wgt_tuple *outer)
{
	struct wgt_begun_session *next = &h->sessions[h->sessions_begun & (WGT_BEGUN_SESSIONS - 1)];

	next->asked_ipv4 = 0;
	if (outer->version == 4)
		__builtin_memcpy(&next->asked_ipv4, outer->dst, sizeof(next->asked_ipv4));
}

/* A peer of ours, and yet its initiation was refused. */
static __always_inline void refused_initiation(struct arriving *a, struct hs_event *e)
{
	struct wg_peer___hs *peer = (void *)a->found;
	struct wgt_peer_key key = {.device = a->device};
	struct wgt_handshake *h;
	__u64 accepted = BPF_CORE_READ(peer, handshake.last_initiation_consumption);

	__builtin_memcpy(key.peer, a->key, sizeof(key.peer));
	h = handshake_of(&key);
	if (!h)
		return;
	/* The network's copies of one message, too: their time stamp is not newer. */
	if (accepted + INITIATIONS_NS > bpf_ktime_get_boot_ns() ||
	    (h->count[WGT_HS_INITIATION_ACCEPTED] && h->their_index == a->header.sender_index)) {
		e->what = WGT_HS_FLOOD;
	} else {
		read_their_time(h, peer);
		e->what = accepted ? WGT_HS_REPLAYED_TIMESTAMP : WGT_HS_UNDECRYPTABLE;
	}
	note(&key, e);
}

static __noinline int initiation_consumed(__u64 wg_address, __u64 peer_address)
{
	struct wg_device___hs *wg = (void *)wg_address;
	struct wg_peer *peer = (void *)peer_address;
	struct arriving *a = arriving();
	struct wgt_peer_key key = {};
	struct wgt_handshake *h;
	struct hs_event e = {};
	__u8 source[32] = {};

	if (!a)
		return 0;
	e.sender_index = a->header.sender_index;
	e.outer = &a->outer;
	if (peer) {
		e.what = WGT_HS_INITIATION_ACCEPTED;
		if (peer_key(&key, peer) && (h = note(&key, &e))) {
			h->their_index = a->header.sender_index;
			end_initiation(&key, h->our_index, INITIATION_GAVE_WAY);
			read_their_time(h, (void *)peer);
			asked_at(h, &a->outer);
			moves_to_source(h, peer, &a->outer, WGT_HS_INITIATION_ACCEPTED);
		}
	} else if (a->found) {
		refused_initiation(a, &e);
	} else if (a->looked) {
		e.what = WGT_HS_UNKNOWN_INITIATOR;
		note_stranger(&a->device, a->key, &e);
	} else {
		e.what = BPF_CORE_READ(wg, static_identity.has_identity) ? WGT_HS_UNDECRYPTABLE
									 : WGT_HS_NO_IDENTITY;
		__builtin_memcpy(source, a->outer.src, sizeof(a->outer.src));
		note_stranger(&a->device, source, &e);
	}
	done_with(a);
	return 0;
}

SEC("fexit")
int BPF_PROG(wgt_hs_init, void *message, struct wg_device *wg, struct wg_peer *peer)
{
	initiation_consumed((__u64)wg, (__u64)peer);
	return 0;
}

/* What consume_response itself looks at: is this initiation the one in the table,
 * and is it still waiting? Then only decryption can have failed. */
static __always_inline bool still_waits(const struct initiation *i, __u32 index)
{
	struct wg_peer___hs *peer = (void *)i->peer;
	__u64 now[4] = {};
	const __u64 *then = (const __u64 *)i->key;

	return !bpf_probe_read_kernel(now, sizeof(now), peer->handshake.remote_static) &&
	       now[0] == then[0] && now[1] == then[1] && now[2] == then[2] && now[3] == then[3] &&
	       BPF_CORE_READ(peer, handshake.entry.index) == index &&
	       BPF_CORE_READ(peer, handshake.state) == HANDSHAKE_CREATED_INITIATION;
}

static __noinline int response_consumed(__u64 peer_address)
{
	struct wg_peer *peer = (void *)peer_address;
	struct arriving *a = arriving();
	struct wgt_index_key index = {};
	struct wgt_peer_key key = {};
	struct wgt_handshake *h;
	struct hs_event e = {};
	struct initiation *i;

	if (!a)
		return 0;
	index.device = a->device;
	index.index = a->header.receiver_index;
	i = bpf_map_lookup_elem(&wgt_initiations, &index);
	if (peer) {
		if (peer_key(&key, peer) && (h = handshake_of(&key))) {
			if (i)
				h->rtt_ns = bpf_ktime_get_ns() - i->ns;
			moves_to_source(h, peer, &a->outer, WGT_HS_COMPLETED);
		}
		if (i)
			i->state = INITIATION_ENDED;
		goto out;
	}
	if (!i)
		goto out; /* of before `up`, or of nobody */
	if (i->state == INITIATION_OPEN && still_waits(i, index.index))
		e.what = WGT_HS_PSK_MISMATCH;
	else if (i->state == INITIATION_REPLACED)
		e.what = WGT_HS_LATE_RESPONSE;
	else if (i->state == INITIATION_GAVE_WAY)
		e.what = WGT_HS_CROSSED; /* each answered the other, and takes no answer */
	else
		goto out; /* a copy of what was answered already */
	e.sender_index = a->header.sender_index;
	e.receiver_index = a->header.receiver_index;
	e.initiation_ns = i->ns;
	e.outer = &a->outer;
	key.device = a->device;
	__builtin_memcpy(key.peer, i->key, sizeof(key.peer));
	h = note(&key, &e);
	if (h)
		h->rtt_ns = bpf_ktime_get_ns() - i->ns;
	if (e.what == WGT_HS_CROSSED)
		i->state = INITIATION_ENDED; /* the network may copy that answer */
out:
	done_with(a);
	return 0;
}

SEC("fexit")
int BPF_PROG(wgt_hs_resp, void *message, struct wg_device *wg, struct wg_peer *peer)
{
	response_consumed((__u64)peer);
	return 0;
}

/* The responder is under load and wants our next initiation with this cookie. */
static __noinline int cookie_came(__u64 message)
{
	struct arriving *a = arriving();
	struct wgt_index_key index = {};
	struct wgt_peer_key key = {};
	struct hs_event e = {};
	struct initiation *i;

	if (!a)
		return 0;
	/* Where the others have their sender's. */
	index.device = a->device;
	index.index = a->header.sender_index;
	i = bpf_map_lookup_elem(&wgt_initiations, &index);
	if (i) {
		e.what = WGT_HS_COOKIE_REQUIRED;
		e.receiver_index = index.index;
		e.initiation_ns = i->ns;
		e.outer = &a->outer;
		key.device = a->device;
		__builtin_memcpy(key.peer, i->key, sizeof(key.peer));
		note(&key, &e);
	}
	done_with(a);
	return 0;
}

SEC("fexit")
int BPF_PROG(wgt_hs_cookie, void *message, struct wg_device *wg)
{
	cookie_came((__u64)message);
	return 0;
}

#endif
