/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tx.waiting: who watches dumps a device again and again while packets wait there for a
 * handshake (wgt_device.waits_ns). Then those that have waited for a second are reported, once
 * each. What the kernel's own queue holds is proof; a packet's place in the table of flights
 * says since when. Packets that went on as a copy (skb_share_check) have none, and are reported
 * only when they end.
 */
#ifndef WGT_WAITING_BPF_H
#define WGT_WAITING_BPF_H

#include "flight.bpf.h"
#include "handshake.bpf.h"
#include "peer_walk.bpf.h"
#include "process.bpf.h"

#define WAITING_NS 1000000000ull

struct waiting_walk {
	__u64 skb;
	__u64 head; /* the queue's own address: its end */
	__u64 peer;
	__u64 tried_since_ns;
};

/* The queue is not locked: what its slot says is looked at again after the copy. */
VERIFIED_ONCE int report_waiting(__u64 skb_address, __u64 peer_address, __u64 tried_since_ns)
{
	__u64 id = skb_id_at(skb_address), data;
	struct flight *f = flight_find(&wgt_tx_flight, id);
	struct sk_buff *skb = (void *)skb_address;
	struct wg_peer *peer = (void *)peer_address;
	struct this_cpu *cpu = this_cpu();
	struct wgt_record *rec;
	__u64 entered_ns;

	if (!f || !cpu || f->state != TX_ENTERED || f->reported_waiting)
		return 0;
	entered_ns = f->rec.hop_ns[WGT_HOP_WG_XMIT];
	if (!entered_ns || bpf_ktime_get_ns() - entered_ns < WAITING_NS)
		return 0;
	rec = &cpu->waiting;
	*rec = f->rec;
	data = (__u64)BPF_CORE_READ(skb, data);
	read_inner_at(&rec->inner, data, BPF_CORE_READ(skb, len) - BPF_CORE_READ(skb, data_len));
	if (bpf_probe_read_kernel(rec->peer, sizeof(rec->peer), peer->handshake.remote_static))
		return 0;
	rec->flags |= WGT_F_PEER;
	rec->verdict = WGT_V_TX_WAITING;
	rec->drop_location = tried_since_ns;
	if (f->id != id || f->state != TX_ENTERED)
		return 0;
	f->reported_waiting = 1;
	emit(rec, NULL);
	return 0;
}

static long walk_waiting(__u32 i, struct waiting_walk *w)
{
	struct sk_buff *skb = (void *)w->skb;

	if (!w->skb || w->skb == w->head)
		return 1;
	report_waiting(w->skb, w->peer, w->tried_since_ns);
	return bpf_probe_read_kernel(&w->skb, sizeof(w->skb), &skb->next) ? 1 : 0;
}

static long walk_waiting_peer(__u32 i, struct peer_walk *walk)
{
	struct wg_peer *peer = next_peer(walk);
	struct wgt_peer_key key = {};
	struct waiting_walk w = {};
	struct wgt_handshake *h;

	if (!peer)
		return 1;
	if (!BPF_CORE_READ(peer, staged_packet_queue.qlen) || !peer_key(&key, peer))
		return 0;
	h = bpf_map_lookup_elem(&wgt_handshakes, &key);
	if (h && h->attempts)
		w.tried_since_ns = h->begun_ns;
	w.peer = (__u64)peer;
	w.head = w.peer + bpf_core_field_offset(struct wg_peer, staged_packet_queue);
	w.skb = (__u64)BPF_CORE_READ(peer, staged_packet_queue.next);
	bpf_loop(MAX_STAGED_PACKETS + 1, walk_waiting, &w, 0);
	return 0;
}

static long is_watcher(__u32 i, struct process *p)
{
	struct wgt_consumer *consumer = bpf_map_lookup_elem(&wgt_consumers, &i);

	if (!consumer || consumer->tgid != p->tgid || consumer->pidns != p->pidns)
		return 0;
	p->watches = 1;
	return 1;
}

static __always_inline bool watches(struct process *p)
{
	if (watched())
		bpf_loop(WGT_MAX_CONSUMERS, is_watcher, p, 0);
	return p->watches;
}

#endif
