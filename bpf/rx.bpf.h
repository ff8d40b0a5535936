/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The receive path: wg_packet_receive -> index lookup -> decrypt_packet ->
 * wg_packet_rx_poll (replay check, AllowedIPs) -> napi_gro_receive. WireGuard
 * frees what it refuses with consume_skb and counts nothing, so each verdict
 * comes from which function was reached, and with what result (kernel.md 2.3).
 */
#ifndef WGT_RX_BPF_H
#define WGT_RX_BPF_H

#include "flight.bpf.h"
#include "packet.bpf.h"

/* drivers/net/wireguard/receive.c: COUNTER_WINDOW_SIZE */
#define COUNTER_WINDOW_SIZE 8128

static __always_inline void start_receiving(struct flight *f, struct sk_buff *skb,
					    const struct wgt_device_key *key, __u64 now)
{
	f->rec.kind = WGT_RX;
	f->rec.device = *key;
	f->rec.hop_ns[WGT_HOP_WG_RECEIVE] = now;
	f->state = RX_RECEIVED;
	read_tuple_at_network(&f->rec.outer, skb);
}

static __always_inline void finish_receiving(struct flight *f, __u8 verdict)
{
	f->rec.verdict = verdict;
	if (verdict == WGT_V_DELIVERED) {
		struct wgt_peer_totals *t = peer_totals(f->peer_id);

		if (t && f->rec.hop_ns[WGT_HOP_DELIVERED])
			add_latency(t->rx_latency, f->rec.hop_ns[WGT_HOP_DELIVERED] -
							   f->rec.hop_ns[WGT_HOP_WG_RECEIVE]);
		emit(&f->rec);
		flight_delivered(f);
		return;
	}
	if (verdict != WGT_V_KEEPALIVE)
		count_drop(&f->rec);
	emit(&f->rec);
	flight_release(f);
}

SEC("fentry")
int BPF_PROG(wgt_receive, struct wg_device *wg, struct sk_buff *skb)
{
	const unsigned char *udp = skb->head + skb->transport_header;
	struct wgt_device_key key;
	struct message_data m;
	struct this_cpu *cpu;
	struct flight *f;
	__u64 now;

	/* Only UDP's own 8 bytes are sure to be linear here; if the message is
	 * not, decrypt_packet's exit starts the record instead. */
	if (!watched() || !read_data_header(&m, udp + 8, linear_after(skb, udp + 8)))
		return 0;
	key = device_key(wg->dev);
	cpu = this_cpu();
	if (!cpu || !traced(&key))
		return 0;
	now = bpf_ktime_get_ns();
	f = flight_claim(&wgt_rx_flight, skb_id(skb), now, WGT_LOSS_RX_TABLE);
	if (!f)
		return 0;
	start_receiving(f, skb, &key, now);
	set_key(&f->rec, m.key_idx, m.counter);
	cpu->receiving_id = skb_id(skb);
	return 0;
}

/* Serves data messages, handshake responses and cookies: the mask says which. */
SEC("fexit")
int BPF_PROG(wgt_index, struct index_hashtable *table, int type_mask, __u32 index, void *peer,
	     struct index_hashtable_entry *entry)
{
	struct wgt_device_key *device;
	struct wgt_record *rec;
	struct this_cpu *cpu;
	struct flight *f;
	__u64 packet, at = (__u64)table;

	if (entry || type_mask != INDEX_HASHTABLE_KEYPAIR)
		return 0;
	cpu = this_cpu();
	if (!cpu)
		return 0;
	packet = cpu->receiving_id;
	cpu->receiving_id = 0;
	f = packet ? flight_find(&wgt_rx_flight, packet) : NULL;
	if (f && f->state == RX_RECEIVED && f->rec.receiver_index == index) {
		finish_receiving(f, WGT_V_RX_UNKNOWN_INDEX);
		return 0;
	}
	device = bpf_map_lookup_elem(&wgt_tables, &at);
	if (!device || !traced(device))
		return 0;
	rec = &cpu->refused;
	__builtin_memset(rec, 0, sizeof(*rec));
	rec->device = *device;
	rec->verdict = WGT_V_RX_UNKNOWN_INDEX;
	count_drop(rec);
	if (watched()) /* its counter is not known, so no record can be made */
		count_loss(WGT_LOSS_UNFINISHED);
	return 0;
}

/* decrypt_packet refused: it gives up before touching the packet if the key is
 * spent (key_expired), or after pulling the 16-byte header if authentication
 * failed. */
static __always_inline __u8 decrypt_verdict(const struct sk_buff *skb)
{
	__u32 pulled = (__u32)distance(skb->data, skb->head) - skb->transport_header - 8;

	return pulled ? WGT_V_RX_AUTH_FAILED : WGT_V_RX_KEY_EXPIRED;
}

static __noinline int refused_unwatched(struct sk_buff *skb, struct noise_keypair *keypair,
					__u32 verdict)
{
	struct this_cpu *cpu = this_cpu();
	struct wg_peer *peer;
	struct wgt_record *rec;

	if (!cpu)
		return 0;
	rec = &cpu->dropped;
	__builtin_memset(rec, 0, sizeof(*rec));
	bpf_probe_read_kernel(&peer, sizeof(peer), &keypair->entry.peer);
	if (!peer)
		return 0;
	rec->device.netns = BPF_CORE_READ(peer, device, dev, nd_net.net, ns.inum);
	rec->device.ifindex = (__u32)BPF_CORE_READ(peer, device, dev, ifindex);
	if (!traced(&rec->device))
		return 0;
	rec->verdict = (__u8)verdict;
	bpf_probe_read_kernel(rec->peer, sizeof(rec->peer), peer->handshake.remote_static);
	rec->flags = WGT_F_PEER;
	count_drop(rec);
	return 0;
}

SEC("fexit")
int BPF_PROG(wgt_decrypt, struct sk_buff *skb, struct noise_keypair *keypair, bool ok)
{
	struct wg_peer *peer = keypair->entry.peer;
	struct flight *f;
	__u64 now;

	if (ok && peer && skb->len) {
		struct wgt_peer_totals *t = peer_totals(peer->internal_id);

		if (t)
			t->decrypted++;
	}
	if (!watched()) {
		if (!ok)
			refused_unwatched(skb, keypair, decrypt_verdict(skb));
		return 0;
	}
	if (!peer)
		return 0;
	now = bpf_ktime_get_ns();
	f = flight_find(&wgt_rx_flight, skb_id(skb));
	if (!f || f->state != RX_RECEIVED || f->rec.receiver_index != keypair->entry.index) {
		/* It was not linear on arrival, or its arrival was not seen. */
		struct wgt_device_key key = device_key(peer->device->dev);

		if (!traced(&key))
			return 0;
		f = flight_claim(&wgt_rx_flight, skb_id(skb), now, WGT_LOSS_RX_TABLE);
		if (!f)
			return 0;
		start_receiving(f, skb, &key, 0);
		if (!ok) { /* the number is in the control block only on success */
			struct message_data m;
			const unsigned char *header = skb->head + skb->transport_header + 8;

			bpf_probe_read_kernel(&m, sizeof(m), header);
			set_key(&f->rec, m.key_idx, m.counter);
		} else {
			set_key(&f->rec, keypair->entry.index,
				*(__u64 *)(skb->cb + PACKET_CB_NONCE));
		}
	}
	f->keypair = (__u64)keypair;
	f->peer_id = peer->internal_id;
	set_peer(&f->rec, peer);
	f->rec.hop_ns[WGT_HOP_DECRYPT] = now;
	if (!ok) {
		finish_receiving(f, decrypt_verdict(skb));
		return 0;
	}
	f->plain_len = skb->len;
	if (skb->len)
		read_tuple_at_data(&f->rec.inner, skb);
	f->state = RX_DECRYPTED;
	return 0;
}

/* A packet that was taken from its peer's queue has been dealt with by now; if
 * no hook saw its end, WireGuard refused it. */
static __always_inline void finish_polled(struct flight *f)
{
	struct noise_replay_counter *window;
	__u64 next = 0;

	switch (f->state) {
	case RX_DECRYPTED: /* decrypted, and wg_socket_endpoint_from_skb not reached */
		window = &((struct noise_keypair *)f->keypair)->receiving_counter;
		bpf_probe_read_kernel(&next, sizeof(next), &window->counter);
		if (f->rec.counter + COUNTER_WINDOW_SIZE + 1 < next)
			f->rec.flags |= WGT_F_TOO_OLD;
		finish_receiving(f, WGT_V_RX_REPLAY);
		break;
	case RX_RECEIVED: /* polled although decrypt_packet never ran */
		finish_receiving(f, WGT_V_RX_RING_FULL);
		break;
	case RX_ACCEPTED: /* refused before the AllowedIPs check */
		finish_receiving(f, WGT_V_RX_BAD_INNER);
		break;
	case RX_LOOKED: /* the tracepoint was not seen; nothing else can follow */
		finish_receiving(f, WGT_V_DELIVERED);
		break;
	}
}

/* wg_packet_rx_poll takes the next packet of a peer only when it is done with
 * the one before: wg_prev_queue_peek dequeues into an empty `peeked`. So each
 * call, also the last one of a poll that finds nothing, ends the packet that
 * the same queue gave before. Transmit queues come here, too: their packets are
 * not in the table. */
SEC("fexit")
int BPF_PROG(wgt_dequeue, struct prev_queue *queue, struct sk_buff *skb)
{
	__u64 id = skb_id(queue);
	__u32 slot = (__u32)((id >> 6) ^ (id >> 16)) & (QUEUE_SLOTS - 1);
	struct polled_queue *polled = bpf_map_lookup_elem(&wgt_polled, &slot);
	struct flight *f, *taken;

	if (!polled || !watched())
		return 0;
	f = polled->packet ? flight_find(&wgt_rx_flight, polled->packet) : NULL;
	/* Usually it is finished and gone, and its pointer may be another's. */
	if (f && f->touched_ns != polled->since_ns)
		f = NULL;
	if (f && polled->queue == id) {
		finish_polled(f);
		f = NULL;
	}
	taken = skb ? flight_find(&wgt_rx_flight, skb_id(skb)) : NULL;
	if (!taken && polled->queue != id)
		return 0;
	if (f) /* another peer's queue has this slot: f's end may go unseen */
		count_loss(WGT_LOSS_QUEUE_TABLE);
	polled->queue = id;
	polled->packet = taken ? taken->id : 0;
	polled->since_ns = taken ? taken->touched_ns : 0;
	return 0;
}

/* Called right after counter_validate accepted the number (receive.c); also by
 * handshake code and debug messages, whose packets are not in the table. */
SEC("fentry")
int BPF_PROG(wgt_accept, void *endpoint, struct sk_buff *skb)
{
	struct flight *f = flight_find(&wgt_rx_flight, skb_id(skb));

	if (!f || f->state != RX_DECRYPTED)
		return 0;
	f->rec.hop_ns[WGT_HOP_REPLAY] = bpf_ktime_get_ns();
	f->state = RX_ACCEPTED;
	if (!f->plain_len)
		finish_receiving(f, WGT_V_KEEPALIVE);
	return 0;
}

/* Is owner the peer whose key decrypted skb? Its own keypairs tell without a
 * read through an untyped pointer; a keypair that was replaced meanwhile is
 * asked itself. */
static __always_inline bool decrypted_by(const struct wg_peer *owner, const struct sk_buff *skb)
{
	__u64 keypair = *(__u64 *)(skb->cb + PACKET_CB_KEYPAIR);
	struct noise_keypair *k = (void *)keypair;
	struct wg_peer *peer = NULL;

	if (owner && ((__u64)owner->keypairs.current_keypair == keypair ||
		      (__u64)owner->keypairs.previous_keypair == keypair ||
		      (__u64)owner->keypairs.next_keypair == keypair))
		return true;
	bpf_probe_read_kernel(&peer, sizeof(peer), &k->entry.peer);
	return peer == owner;
}

static __noinline int disallowed_unwatched(__u64 keypair, struct sk_buff *skb)
{
	struct noise_keypair *k = (void *)keypair;
	struct this_cpu *cpu = this_cpu();
	struct wgt_record *rec;
	struct wg_peer *peer = NULL;

	if (!cpu || !skb)
		return 0;
	rec = &cpu->dropped;
	__builtin_memset(rec, 0, sizeof(*rec));
	bpf_probe_read_kernel(&peer, sizeof(peer), &k->entry.peer);
	if (!peer)
		return 0;
	rec->device.netns = BPF_CORE_READ(peer, device, dev, nd_net.net, ns.inum);
	rec->device.ifindex = (__u32)BPF_CORE_READ(peer, device, dev, ifindex);
	if (!traced(&rec->device))
		return 0;
	rec->verdict = WGT_V_RX_DISALLOWED_SOURCE;
	bpf_probe_read_kernel(rec->peer, sizeof(rec->peer), peer->handshake.remote_static);
	rec->flags = WGT_F_PEER;
	read_tuple(&rec->inner, BPF_CORE_READ(skb, data), BPF_CORE_READ(skb, len));
	count_drop(rec);
	return 0;
}

SEC("fexit")
int BPF_PROG(wgt_source, void *table, struct sk_buff *skb, struct wg_peer *owner)
{
	bool allowed = decrypted_by(owner, skb);
	struct flight *f;

	if (owner && allowed) {
		struct wgt_peer_totals *t = peer_totals(owner->internal_id);

		if (t)
			t->source_looked++;
	}
	f = watched() ? flight_find(&wgt_rx_flight, skb_id(skb)) : NULL;
	if (!f) {
		if (!allowed)
			disallowed_unwatched(*(__u64 *)(skb->cb + PACKET_CB_KEYPAIR), skb);
		return 0;
	}
	f->rec.hop_ns[WGT_HOP_ALLOWED_IPS] = bpf_ktime_get_ns();
	f->state = RX_LOOKED;
	if (!allowed)
		finish_receiving(f, WGT_V_RX_DISALLOWED_SOURCE);
	return 0;
}

SEC("tp_btf")
int BPF_PROG(wgt_deliver, struct sk_buff *skb)
{
	struct flight *f = flight_find(&wgt_rx_flight, skb_id(skb));

	if (!f || f->state != RX_LOOKED)
		return 0;
	f->rec.hop_ns[WGT_HOP_DELIVERED] = bpf_ktime_get_ns();
	finish_receiving(f, WGT_V_DELIVERED);
	return 0;
}

#endif
