/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The receive path: wg_packet_receive -> index lookup (rx_arrival.bpf.h) ->
 * decrypt_packet (rx_decrypt.bpf.h) -> wg_packet_rx_poll (replay check,
 * AllowedIPs) -> napi_gro_receive. WireGuard frees what it refuses with
 * consume_skb and counts nothing, so each verdict comes from which function was
 * reached, and with what result.
 */
#ifndef WGT_RX_BPF_H
#define WGT_RX_BPF_H

#include "rx_arrival.bpf.h"
#include "rx_decrypt.bpf.h"

/* drivers/net/wireguard/receive.c: COUNTER_WINDOW_SIZE */
#define COUNTER_WINDOW_SIZE 8128

/* receive.c, wg_packet_consume_data_done(): what it asks of the plaintext before
 * it looks up the source; if that is all as it should be, pskb_trim failed. */
static __always_inline void refused_inside(struct flight *f)
{
	const struct wgt_tuple *inner = &f->rec.inner;

	if (f->plain_len == PLAIN_UNSEEN) { /* in fragments: cannot be told */
		count_loss(WGT_LOSS_UNFINISHED);
		flight_release(f);
	} else if (!inner->version) {
		f->rec.drop_reason = WGT_CAUSE_NOT_IP;
		finish_receiving(f, WGT_V_RX_BAD_INNER);
	} else if (inner->len > f->plain_len || (inner->version == 4 && inner->len < 20)) {
		f->rec.drop_reason = WGT_CAUSE_BAD_LENGTH;
		finish_receiving(f, WGT_V_RX_BAD_INNER);
	} else {
		finish_receiving(f, WGT_V_RX_NO_MEMORY);
	}
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
		refused_inside(f);
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
			refused_unrecorded(*(__u64 *)(skb->cb + PACKET_CB_KEYPAIR),
					   argument(ctx, 1), WGT_V_RX_DISALLOWED_SOURCE, 0);
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
