/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The send path up to its number: wg_xmit -> encrypt_packet. Keyed by skb pointer,
 * which stays the same from wg_xmit (or from segmentation) until the UDP tunnel
 * code takes it (send.bpf.h).
 */
#ifndef WGT_TX_BPF_H
#define WGT_TX_BPF_H

#include "flight.bpf.h"
#include "loop.bpf.h"
#include "packet.bpf.h"
#include "staged.bpf.h"

SEC("fentry")
int BPF_PROG(wgt_xmit, struct sk_buff *skb, struct net_device *dev)
{
	struct wgt_device_key key = device_key(dev);
	__u64 now = bpf_ktime_get_ns();
	struct flight *f;

	if (!watched() || !traced(&key))
		return 0;
	f = flight_claim(&wgt_tx_flight, skb_id(skb), now, WGT_LOSS_TX_TABLE);
	if (!f)
		return 0;
	f->state = TX_ENTERED;
	f->rec.kind = WGT_TX;
	f->rec.device = key;
	f->rec.hop_ns[WGT_HOP_WG_XMIT] = now;
	return 0;
}

/* wg_xmit cuts a super-packet into new skbs, one per datagram. Far more than a
 * super-packet holds at any sane MSS; beyond it only the hop is not known. */
#define MAX_SEGMENTS 256

struct segment_walk {
	__u64 segment;
	__u64 entered_ns;
	struct wgt_device_key device;
	__u16 place;
	__u16 count; /* 0: counting; else: claiming slots */
};

static long walk_segment(__u32 i, struct segment_walk *w)
{
	struct sk_buff *segment = (void *)w->segment;
	struct flight *f;

	if (!w->segment)
		return 1;
	if (w->count) {
		f = flight_claim(&wgt_tx_flight, skb_id_at(w->segment), w->entered_ns,
				 WGT_LOSS_TX_TABLE);
		if (f) {
			f->state = TX_ENTERED;
			f->rec.kind = WGT_TX;
			f->rec.device = w->device;
			f->rec.hop_ns[WGT_HOP_WG_XMIT] = w->entered_ns;
			f->rec.flags = WGT_F_GSO;
			f->rec.gso_segment = w->place;
			f->rec.gso_segments = w->count;
		}
	}
	w->place++;
	if (bpf_probe_read_kernel(&w->segment, sizeof(w->segment), &segment->next))
		return 1;
	return 0;
}

/* Runs for every segmentation on this host; packets that are not in wg_xmit
 * are not in the table. The parent is consumed afterwards: not a drop. */
SEC("fexit")
int BPF_PROG(wgt_gso, struct sk_buff *skb, __u64 features, bool tx_path, struct sk_buff *segments)
{
	struct flight *f = flight_find(&wgt_tx_flight, skb_id(skb));
	struct segment_walk w = {};
	__u64 first = 0;

	if (!f || f->state != TX_ENTERED)
		return 0;
	/* The returned list as a number: skb_id_at() must do arithmetic with it. */
	bpf_probe_read_kernel(&first, sizeof(first), &ctx[3]);
	if (!first || first >= (__u64)-4095)
		return 0;
	w.entered_ns = f->rec.hop_ns[WGT_HOP_WG_XMIT];
	w.device = f->rec.device;
	w.segment = first;
	bpf_loop(MAX_SEGMENTS, walk_segment, &w, 0);
	w.count = w.place;
	w.place = 0;
	w.segment = first;
	flight_release(f);
	bpf_loop(MAX_SEGMENTS, walk_segment, &w, 0);
	return 0;
}

/* Why wg_xmit refuses. Its skb is freed by now: the tuple was
 * taken by wgt_drop, which saw that. */
static __always_inline __u8 xmit_verdict(int ret)
{
	switch (-ret) {
	case WGT_EPROTONOSUPPORT:
		return WGT_V_TX_BAD_PROTOCOL;
	case WGT_ENOKEY:
		return WGT_V_TX_NO_PEER;
	case WGT_EDESTADDRREQ:
		return WGT_V_TX_NO_ENDPOINT;
	default:
		return WGT_V_TX_GSO_FAILED;
	}
}

SEC("fexit")
int BPF_PROG(wgt_xmit_ret, struct sk_buff *skb, struct net_device *dev, int ret)
{
	struct wgt_choice choice = {};
	struct wgt_record *rec;
	struct this_cpu *cpu;
	struct flight *f;

	if (ret >= 0)
		return 0;
	struct wgt_device_key key = device_key(dev);

	cpu = this_cpu();
	if (!cpu || !traced(&key))
		return 0;
	rec = &cpu->refused;
	__builtin_memset(rec, 0, sizeof(*rec));
	rec->kind = WGT_TX;
	rec->verdict = xmit_verdict(ret);
	rec->device = key;
	rec->error = ret;
	if (cpu->dying_id == skb_id(skb)) {
		rec->inner = cpu->dying;
		choice = cpu->dying_choice;
	}
	cpu->dying_id = 0;
	f = flight_find(&wgt_tx_flight, skb_id(skb));
	if (f && f->state == TX_ENTERED) {
		rec->hop_ns[WGT_HOP_WG_XMIT] = f->rec.hop_ns[WGT_HOP_WG_XMIT];
		flight_release(f);
	} else {
		rec->hop_ns[WGT_HOP_WG_XMIT] = bpf_ktime_get_ns();
	}
	count_drop(rec);
	if (watched())
		emit(rec, &choice);
	return 0;
}

/* In wg_xmit: the peer is chosen. */
SEC("fexit")
int BPF_PROG(wgt_choose, struct allowedips *table, struct sk_buff *skb, struct wg_peer *peer)
{
	struct this_cpu *cpu;

	/* Set by encrypt_packet (wg_reset_packet), and hardly ever otherwise. What
	 * is cut by the MTU loses it. */
	if (skb->inner_network_header || (watched() && (cpu = this_cpu()) && cpu->sending_id))
		loops_back(argument(ctx, 1), argument(ctx, 0), argument(ctx, 2));
	if (!peer)
		return 0;
	if (peer->staged_packet_queue.qlen > MAX_STAGED_PACKETS)
		push_out(argument(ctx, 2));
	else if ((peer->staged_packet_queue.qlen || !peer->keypairs.current_keypair) && watched())
		note_waiting(argument(ctx, 2));
	return 0;
}

SEC("fentry")
int BPF_PROG(wgt_encrypt, struct sk_buff *skb, struct noise_keypair *keypair)
{
	struct wg_peer *peer = keypair->entry.peer;
	__u64 now = bpf_ktime_get_ns();
	struct flight *f = flight_find(&wgt_tx_flight, skb_id(skb));

	if (!peer || !watched())
		return 0;
	/* Not from wg_xmit: a keepalive, or it entered before watching began.
	 * An entry of the same pointer without data is an older packet's. */
	if (!f || f->state != TX_ENTERED || !skb->len) {
		struct wgt_device_key key = device_key(peer->device->dev);

		if (!traced(&key))
			return 0;
		f = flight_claim(&wgt_tx_flight, skb_id(skb), now, WGT_LOSS_TX_TABLE);
		if (!f)
			return 0;
		f->rec.kind = WGT_TX;
		f->rec.device = key;
	}
	if (skb->len && filtered() &&
	    nobody_wants(&f->choice, &f->rec.device, argument(ctx, 0), followers())) {
		flight_release(f);
		return 0;
	}
	f->touched_ns = now;
	f->peer_id = peer->internal_id;
	f->mtu = *(__u32 *)(skb->cb + PACKET_CB_MTU);
	set_key(&f->rec, keypair->remote_index, *(__u64 *)(skb->cb + PACKET_CB_NONCE));
	set_peer(&f->rec, peer);
	f->rec.hop_ns[WGT_HOP_ENCRYPT] = now;
	if (skb->len)
		read_inner_at_data(&f->rec.inner, skb);
	f->state = TX_NUMBERED;
	return 0;
}

#endif
