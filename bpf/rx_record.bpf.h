/* SPDX-License-Identifier: GPL-2.0-only */
/* The record of a packet being received: how it starts, and the ways it ends. */
#ifndef WGT_RX_RECORD_BPF_H
#define WGT_RX_RECORD_BPF_H

#include "flight.bpf.h"
#include "packet.bpf.h"

/* now: 0 if its arrival was not seen. Its outer tuple is left to the caller. */
static __always_inline void start_receiving(struct flight *f, const struct wgt_device_key *key,
					    __u64 now)
{
	f->rec.kind = WGT_RX;
	f->rec.device = *key;
	f->rec.hop_ns[WGT_HOP_WG_RECEIVE] = now;
	f->state = RX_RECEIVED;
}

VERIFIED_ONCE int finish_receiving(struct flight *f, __u32 verdict)
{
	if (!f)
		return 0;
	f->rec.verdict = (__u8)verdict;
	if (verdict == WGT_V_DELIVERED) {
		struct wgt_peer_totals *t = peer_totals(f->peer_id);

		if (t && f->rec.hop_ns[WGT_HOP_DELIVERED])
			add_latency(t->rx_latency, f->rec.hop_ns[WGT_HOP_DELIVERED] -
							   f->rec.hop_ns[WGT_HOP_WG_RECEIVE]);
		emit(&f->rec, &f->choice);
		flight_delivered(f);
		return 0;
	}
	if (verdict != WGT_V_KEEPALIVE)
		count_drop(&f->rec);
	emit(&f->rec, &f->choice);
	flight_release(f);
	return 0;
}

/* A packet that WireGuard refuses and that has no record: counted for the peer
 * whose key it has. skb: 0, or decrypted, so that its inner packet can be told. */
VERIFIED_ONCE int refused_unrecorded(__u64 keypair, __u64 decrypted, __u32 verdict, __u32 cause)
{
	struct noise_keypair *k = (void *)keypair;
	struct sk_buff *skb = (void *)decrypted;
	struct this_cpu *cpu = this_cpu();
	struct wgt_record *rec;
	struct wg_peer *peer = NULL;

	if (!cpu)
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
	rec->verdict = (__u8)verdict;
	rec->drop_reason = cause;
	bpf_probe_read_kernel(rec->peer, sizeof(rec->peer), peer->handshake.remote_static);
	rec->flags = WGT_F_PEER;
	if (decrypted)
		read_inner_at(&rec->inner, (__u64)BPF_CORE_READ(skb, data),
			      BPF_CORE_READ(skb, len) - BPF_CORE_READ(skb, data_len));
	count_drop(rec);
	return 0;
}

#endif
