/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * wg_packet_receive: is it a WireGuard message, whose session is it, and is
 * there room in the peer's queue? In softirq up to here, so this CPU's state
 * holds.
 */
#ifndef WGT_RX_ARRIVAL_BPF_H
#define WGT_RX_ARRIVAL_BPF_H

#include "rx_record.bpf.h"
#include "ended_sessions.bpf.h"
#include "handshake.bpf.h"

/* receive.c: validate_header_len(). MESSAGE_DATA: header and tag, at least. */
#define DATA_MESSAGE_MIN 32

/* The type is four bytes for WireGuard (SKB_TYPE_LE32), of which the upper three are
 * reserved and zero: some providers and obfuscating forks put a name of their own there. */
static __always_inline enum wgt_cause malformed(__u32 type, __u32 len)
{
	bool good;

	if (len < sizeof(type))
		return WGT_CAUSE_BAD_LENGTH;
	switch (type & 0xff) {
	case MESSAGE_HANDSHAKE_INITIATION:
		good = len == 148;
		break;
	case MESSAGE_HANDSHAKE_RESPONSE:
		good = len == 92;
		break;
	case MESSAGE_HANDSHAKE_COOKIE:
		good = len == 64;
		break;
	case MESSAGE_DATA:
		good = len >= DATA_MESSAGE_MIN;
		break;
	default:
		return WGT_CAUSE_BAD_TYPE;
	}
	if (type >> 8)
		return good ? WGT_CAUSE_RESERVED_BYTES : WGT_CAUSE_BAD_TYPE;
	return good ? WGT_CAUSE_NONE : WGT_CAUSE_BAD_LENGTH;
}

/* A handshake message that finds no place in its queue is refused, uncounted. The
 * ring is full when its next place is taken (__ptr_ring_produce): it may hold
 * fewer than 4,096, as places are given back in batches. */
VERIFIED_ONCE int handshake_arrived(__u64 wg_address, __u64 skb_address)
{
	struct wg_device___hs *wg = (void *)wg_address;
	struct net_device *dev = BPF_CORE_READ((struct wg_device *)wg_address, dev);
	struct sk_buff *skb = (void *)skb_address;
	struct wgt_device_key key = {
		.netns = BPF_CORE_READ(dev, nd_net.net, ns.inum),
		.ifindex = (__u32)BPF_CORE_READ(dev, ifindex),
	};
	struct hs_event e = {.what = WGT_HS_QUEUE_FULL};
	struct this_cpu *cpu = this_cpu();
	struct handshake_header h = {};
	const unsigned char *head = BPF_CORE_READ(skb, head);
	__u64 ip, next_place, taken = 0;

	next_place = (__u64)BPF_CORE_READ(wg, handshake_queue.ring.queue) +
		     BPF_CORE_READ(wg, handshake_queue.ring.producer) * sizeof(void *);
	if (!cpu || bpf_probe_read_kernel(&taken, sizeof(taken), (void *)next_place) || !taken ||
	    bpf_probe_read_kernel(&h, sizeof(h),
				  head + BPF_CORE_READ(skb, transport_header) + UDP_BYTES))
		return 0;
	if (h.type == MESSAGE_HANDSHAKE_COOKIE) {
		e.receiver_index = h.sender_index; /* it has no other */
	} else {
		e.sender_index = h.sender_index;
		e.receiver_index = h.type == MESSAGE_HANDSHAKE_RESPONSE ? h.receiver_index : 0;
	}
	ip = (__u64)head + BPF_CORE_READ(skb, network_header);
	e.outer = &cpu->refused.outer;
	__builtin_memset(&cpu->refused.outer, 0, sizeof(cpu->refused.outer));
	read_tuple_at(&cpu->refused.outer, ip, linear_of(skb_address, ip));
	note_stranger(&key, NULL, &e);
	return 0;
}

/* Anything but a data message of good length with its header linear. len: bytes
 * of the message; linear: how many of them can be read here. Returns whether it
 * is a handshake message for a traced device. */
VERIFIED_ONCE int odd_arrival(__u64 skb_address, __u64 wg_address, __u32 len, __u32 linear)
{
	struct sk_buff *skb = (void *)skb_address;
	struct wg_device *wg = (void *)wg_address;
	struct net_device *dev = BPF_CORE_READ(wg, dev);
	struct wgt_device_key key = {
		.netns = BPF_CORE_READ(dev, nd_net.net, ns.inum),
		.ifindex = (__u32)BPF_CORE_READ(dev, ifindex),
	};
	struct this_cpu *cpu = this_cpu();
	const unsigned char *head, *message;
	struct message_data m = {};
	struct wgt_record *rec;
	enum wgt_cause cause;

	if (!cpu)
		return 0;
	if (linear < sizeof(m) && linear < len) {
		/* In a page fragment. If its session is not known, the lookup's
		 * exit finds it; decrypt_packet's exit starts its record. */
		cpu->receiving_id = watched() ? skb_id_at(skb_address) : 0;
		return 0;
	}
	head = BPF_CORE_READ(skb, head);
	message = head + BPF_CORE_READ(skb, transport_header) + UDP_BYTES;
	if (len >= sizeof(m))
		bpf_probe_read_kernel(&m, sizeof(m), message);
	else if (len >= sizeof(m.type))
		bpf_probe_read_kernel(&m.type, sizeof(m.type), message);
	cause = malformed(m.type, len);
	if (!traced(&key))
		return 0;
	if (!cause)
		return 1;
	rec = &cpu->refused;
	__builtin_memset(rec, 0, sizeof(*rec));
	rec->kind = WGT_RX;
	rec->verdict = WGT_V_RX_MALFORMED;
	rec->drop_reason = cause;
	rec->device = key;
	rec->hop_ns[WGT_HOP_WG_RECEIVE] = bpf_ktime_get_ns();
	/* Its header may be a real packet's that was cut on the way. */
	if ((m.type & 0xff) == MESSAGE_DATA && cause != WGT_CAUSE_BAD_TYPE && len >= sizeof(m))
		set_key(rec, m.key_idx, m.counter);
	message = head + BPF_CORE_READ(skb, network_header);
	read_tuple_at(&rec->outer, (__u64)message, linear_of(skb_address, (__u64)message));
	count_drop(rec);
	if (watched())
		emit(rec, NULL);
	return 0;
}

/* Everything up to the end of WireGuard's header in one read, if its record will need
 * that: a read costs more than what it reads. before: bytes before the message. */
static __always_inline bool read_arrival(struct headers *h, __u64 *copied, struct message_data *m,
					 const unsigned char *ip, __u32 before)
{
	*copied = watched() ? copy_headers(h, ip, before + sizeof(*m)) : 0;
	if (*copied && before == OUTER4_BYTES)
		__builtin_memcpy(m, h->bytes + OUTER4_BYTES, sizeof(*m));
	else if (*copied && before == OUTER6_BYTES)
		__builtin_memcpy(m, h->bytes + OUTER6_BYTES, sizeof(*m));
	else /* IP options, extension headers */
		return read_data_header(m, ip + before, sizeof(*m));
	return m->type == MESSAGE_DATA;
}

SEC("fentry")
int BPF_PROG(wgt_receive, struct wg_device *wg, struct sk_buff *skb)
{
	const unsigned char *ip = skb->head + skb->network_header;
	__u32 before = skb->transport_header + UDP_BYTES - skb->network_header;
	__s64 len = distance(skb->data, ip) + skb->len - before;
	__s64 linear = len - skb->data_len;
	struct wgt_device_key key;
	struct headers h = {};
	struct message_data m;
	struct this_cpu *cpu;
	__u64 now, copied;
	struct flight *f;

	/* Only UDP's own 8 bytes are sure to be linear here. */
	if (linear < (__s64)sizeof(m) || len < DATA_MESSAGE_MIN ||
	    !read_arrival(&h, &copied, &m, ip, before)) {
		if (odd_arrival(argument(ctx, 1), argument(ctx, 0), len < 0 ? 0 : (__u32)len,
				linear < 0 ? 0 : (__u32)linear))
			handshake_arrived(argument(ctx, 0), argument(ctx, 1));
		return 0;
	}
	if (!watched())
		return 0;
	key = device_key(wg->dev);
	cpu = this_cpu();
	if (!cpu || !traced(&key))
		return 0;
	now = bpf_ktime_get_ns();
	cpu->receiving_id = skb_id(skb);
	f = flight_claim(&wgt_rx_flight, skb_id(skb), now, WGT_LOSS_RX_TABLE);
	if (!f)
		return 0;
	start_receiving(f, &key, now);
	parse_tuple(&f->rec.outer, &h, copied, ip);
	set_key(&f->rec, m.key_idx, m.counter);
	return 0;
}

/* The lookup says no: no such session, or one of a peer that is being removed.
 * Its device is known by the table, or by the peer; then it has no flight. */
VERIFIED_ONCE int refused_at_lookup(__u64 table, __u32 index, __u64 dead_peer)
{
	struct wg_peer *peer = (void *)dead_peer;
	struct wgt_device_key *device;
	struct this_cpu *cpu = this_cpu();
	struct message_data m = {};
	struct wgt_record *rec;
	struct flight *f;
	struct sk_buff *skb;
	const unsigned char *head;
	__u64 packet;
	__u8 verdict = peer ? WGT_V_RX_PEER_DEAD : WGT_V_RX_UNKNOWN_INDEX;

	device = bpf_map_lookup_elem(&wgt_tables, &table);
	if (!cpu || !device || !traced(device))
		return 0;
	packet = cpu->receiving_id;
	cpu->receiving_id = 0;
	f = packet ? flight_find(&wgt_rx_flight, packet) : NULL;
	if (f && (f->state != RX_RECEIVED || f->rec.receiver_index != index))
		f = NULL;
	rec = f ? &f->rec : &cpu->refused;
	if (!f) {
		__builtin_memset(rec, 0, sizeof(*rec));
		rec->kind = WGT_RX;
		rec->device = *device;
	}
	if (peer) {
		if (!bpf_probe_read_kernel(rec->peer, sizeof(rec->peer),
					   peer->handshake.remote_static))
			rec->flags |= WGT_F_PEER;
	} else {
		report_ended_session(rec, index);
	}
	if (f) {
		finish_receiving(f, verdict);
		return 0;
	}
	rec->verdict = verdict;
	count_drop(rec);
	if (!watched())
		return 0;
	/* Its header was not linear on arrival; by now it is. */
	skb = (void *)skb_at(packet);
	head = BPF_CORE_READ(skb, head);
	if (packet &&
	    read_data_header(&m, head + BPF_CORE_READ(skb, transport_header) + UDP_BYTES,
			     sizeof(m)) &&
	    m.key_idx == index) {
		set_key(rec, m.key_idx, m.counter);
		rec->hop_ns[WGT_HOP_WG_RECEIVE] = bpf_ktime_get_ns();
		head += BPF_CORE_READ(skb, network_header);
		read_tuple_at(&rec->outer, (__u64)head, linear_of((__u64)skb, (__u64)head));
		emit(rec, NULL);
	} else { /* its counter is not known, so no record can be made */
		count_loss(WGT_LOSS_UNFINISHED);
	}
	return 0;
}

/* Serves data messages, handshake responses and cookies: the mask says which. */
SEC("fexit")
int BPF_PROG(wgt_index, struct index_hashtable *table, int type_mask, __u32 index, void *peer,
	     struct index_hashtable_entry *entry)
{
	struct wg_peer *owner;

	if (type_mask != INDEX_HASHTABLE_KEYPAIR)
		return 0;
	if (!entry) {
		refused_at_lookup(argument(ctx, 0), index, 0);
		return 0;
	}
	/* Never unset again, so what we see wg_packet_consume_data will see. */
	owner = entry->peer;
	if (owner && owner->is_dead)
		refused_at_lookup(argument(ctx, 0), index, (__u64)BPF_CORE_READ(entry, peer));
	return 0;
}

/* A peer's rx_queue holds MAX_QUEUED_PACKETS. The same function serves tx_queue. */
VERIFIED_ONCE int queue_full(__u64 queue, __u64 skb_address)
{
	struct sk_buff *skb = (void *)skb_address;
	struct noise_keypair *keypair = NULL;
	struct wg_peer *peer;
	struct flight *f;

	bpf_probe_read_kernel(&keypair, sizeof(keypair), (void *)&skb->cb + PACKET_CB_KEYPAIR);
	peer = BPF_CORE_READ(keypair, entry.peer);
	if (!peer || queue != (__u64)peer + bpf_core_field_offset(struct wg_peer, rx_queue))
		return 0;
	f = watched() ? flight_find(&wgt_rx_flight, skb_id_at(skb_address)) : NULL;
	if (!f || f->state != RX_RECEIVED) {
		refused_unrecorded((__u64)keypair, 0, WGT_V_RX_QUEUE_FULL, 0);
		return 0;
	}
	if (!bpf_probe_read_kernel(f->rec.peer, sizeof(f->rec.peer), peer->handshake.remote_static))
		f->rec.flags |= WGT_F_PEER;
	finish_receiving(f, WGT_V_RX_QUEUE_FULL);
	return 0;
}

/* ok as a byte: a function that returns bool leaves the rest of the register. */
SEC("fexit")
int BPF_PROG(wgt_enqueue, struct prev_queue *queue, struct sk_buff *skb, __u8 ok)
{
	if (!ok)
		queue_full(argument(ctx, 0), argument(ctx, 1));
	return 0;
}

#endif
