/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packets that wait for a session in peer->staged_packet_queue, and how they die
 * there: pushed out by newer ones, or purged.
 */
#ifndef WGT_STAGED_BPF_H
#define WGT_STAGED_BPF_H

#include "flight.bpf.h"
#include "packet.bpf.h"

/* A packet that WireGuard took and gives up before it is sent. */
struct death {
	__u64 skb;
	__u64 peer;    /* 0: not known */
	__u64 keypair; /* 0: the packet has no number */
	__u64 location;
	struct wgt_device_key device;
	__u32 verdict;
	__u32 cause;
	__u32 in_xmit; /* bottom halves are off, as for all of cpu->refused */
	__u32 zero;
};

/* Counts one death, and ends the packet's record if it has one. Its way is not
 * known if it came before the watching, or as a copy (skb_share_check). */
VERIFIED_ONCE int tx_died(struct death *d)
{
	struct this_cpu *cpu = this_cpu();
	struct noise_keypair *keypair;
	struct wgt_record *rec;
	struct flight *f = NULL;
	struct wg_peer *peer;
	struct sk_buff *skb;

	if (!cpu || !d)
		return 0;
	skb = (void *)d->skb;
	peer = (void *)d->peer;
	keypair = (void *)d->keypair;
	if (watched())
		f = flight_find(&wgt_tx_flight, skb_id_at(d->skb));
	if (f) {
		rec = &f->rec;
	} else {
		rec = d->in_xmit ? &cpu->refused : &cpu->dropped;
		__builtin_memset(rec, 0, sizeof(*rec));
		rec->kind = WGT_DROP;
		rec->device = d->device;
		rec->hop_ns[0] = bpf_ktime_get_ns();
	}
	/* Of a sent packet, no verdict would mean that it left the host. */
	if (d->verdict == WGT_V_UNKNOWN)
		rec->kind = WGT_DROP;
	rec->verdict = (__u8)d->verdict;
	rec->drop_reason = d->cause;
	rec->drop_location = d->location;
	if (!rec->inner.version)
		read_inner_at(&rec->inner, (__u64)BPF_CORE_READ(skb, data),
			      BPF_CORE_READ(skb, len) - BPF_CORE_READ(skb, data_len));
	if (peer && !(rec->flags & WGT_F_PEER) &&
	    !bpf_probe_read_kernel(rec->peer, sizeof(rec->peer), peer->handshake.remote_static))
		rec->flags |= WGT_F_PEER;
	if (keypair && !(rec->flags & WGT_F_KEY)) {
		__u64 nonce = 0;

		bpf_probe_read_kernel(&nonce, sizeof(nonce), skb->cb + PACKET_CB_NONCE);
		set_key(rec, BPF_CORE_READ(keypair, remote_index), nonce);
	}
	count_drop(rec);
	if (watched())
		emit(rec, f ? &f->choice : NULL); /* no stack is left to ask filters */
	if (f)
		flight_release(f);
	return 0;
}

static __always_inline bool traced_device_of(struct wgt_device_key *key, struct net_device *dev)
{
	key->netns = BPF_CORE_READ(dev, nd_net.net, ns.inum);
	key->ifindex = (__u32)BPF_CORE_READ(dev, ifindex);
	return traced(key);
}

/* Not at every packet: whoever asks for those that wait does so from a second after this on. */
#define NOTE_WAITING_AGAIN_NS 3000000000ull

/* For those who tell of packets that wait (waiting.bpf.h). A packet does not always begin a
 * handshake: not within 5 s of the last one that this host began or answered (last_sent_handshake).
 */
static __noinline int note_waiting(__u64 peer_address)
{
	struct wg_peer *peer = (void *)peer_address;
	struct wgt_device_key key = {};
	struct net_device *dev = BPF_CORE_READ(peer, device, dev);
	__u64 now = bpf_ktime_get_ns();
	struct wgt_device *device;

	key.netns = BPF_CORE_READ(dev, nd_net.net, ns.inum);
	key.ifindex = (__u32)BPF_CORE_READ(dev, ifindex);
	device = traced(&key);
	if (device && now - device->waits_ns > NOTE_WAITING_AGAIN_NS)
		device->waits_ns = now;
	return 0;
}

struct push_walk {
	struct death d;
	__u64 head;
	__u64 last_reported; /* id */
	__u64 last;	     /* id of the last one walked */
	__u32 reported;	     /* so many at the head were reported already */
	__u32 reporting;
};

static long walk_pushed(__u32 i, struct push_walk *w)
{
	struct sk_buff *skb = (void *)w->d.skb;

	if (!w->d.skb || w->d.skb == w->head)
		return 1;
	w->last = skb_id_at(w->d.skb);
	if (w->reporting && i >= w->reported)
		tx_died(&w->d);
	else if (!w->reporting && w->last == w->last_reported)
		w->reported = i + 1;
	if (bpf_probe_read_kernel(&w->d.skb, sizeof(w->d.skb), &skb->next))
		return 1;
	return 0;
}

/* wg_xmit is about to free the oldest packets above MAX_STAGED_PACKETS, by
 * consume_skb and under the queue's lock. What an earlier look reported and another
 * CPU has not freed yet is still at the head: not reported again. */
VERIFIED_ONCE int push_out(__u64 peer_address)
{
	struct wg_peer *peer = (void *)peer_address;
	struct push_walk w = {.d = {.verdict = WGT_V_TX_STAGED_OVERFLOW, .in_xmit = 1}};
	__u32 excess = BPF_CORE_READ(peer, staged_packet_queue.qlen) - MAX_STAGED_PACKETS;
	__u64 id = BPF_CORE_READ(peer, internal_id);
	__u32 slot = (__u32)id & (PUSHED_SLOTS - 1);
	struct pushed_out *pushed = bpf_map_lookup_elem(&wgt_pushed, &slot);
	__u64 first = (__u64)BPF_CORE_READ(peer, staged_packet_queue.next);
	__u16 family = 0;

	bpf_probe_read_kernel(&family, sizeof(family), &peer->endpoint);
	/* Without an endpoint wg_xmit refuses before it looks at the queue. */
	if (!pushed || (__s32)excess <= 0 || (family != WGT_AF_INET && family != WGT_AF_INET6) ||
	    !traced_device_of(&w.d.device, BPF_CORE_READ(peer, device, dev)))
		return 0;
	w.head = peer_address + bpf_core_field_offset(struct wg_peer, staged_packet_queue);
	w.d.peer = peer_address;
	w.d.skb = first;
	w.last_reported = pushed->peer_id == id ? pushed->packet : 0;
	bpf_loop(excess, walk_pushed, &w, 0);
	/* Another CPU reported them meanwhile. */
	if (pushed->peer_id == id && __sync_val_compare_and_swap(&pushed->packet, w.last_reported,
								 w.last) != w.last_reported)
		return 0;
	pushed->peer_id = id;
	pushed->packet = w.last;
	w.d.skb = first;
	w.reporting = 1;
	bpf_loop(excess, walk_pushed, &w, 0);
	return 0;
}

/* Its packets are freed right after, under the queue's lock and with bottom
 * halves off: wgt_drop sees each. */
SEC("fentry")
int BPF_PROG(wgt_purge, struct wg_peer *peer)
{
	struct this_cpu *cpu = this_cpu();

	if (!cpu || !peer->staged_packet_queue.qlen)
		return 0;
	if (peer->is_dead)
		cpu->purge_cause = WGT_CAUSE_PEER_REMOVED;
	else if (!(peer->device->dev->state & LINK_STATE_START))
		cpu->purge_cause = WGT_CAUSE_INTERFACE_DOWN;
	else
		cpu->purge_cause = WGT_CAUSE_GAVE_UP;
	cpu->purged_peer = argument(ctx, 0);
	return 0;
}

/* One packet of the queue that wgt_purge saw. Between that and the lock this CPU
 * may have emptied another peer's queue (a timer): then ours is not the locked
 * one, and neither peer nor cause is known. */
VERIFIED_ONCE int purged(__u64 skb_address, __u64 at)
{
	struct sk_buff *skb = (void *)skb_address;
	struct death d = {.skb = skb_address, .location = at, .verdict = WGT_V_TX_STAGED_PURGED};
	struct this_cpu *cpu = this_cpu();
	struct wg_peer *peer;
	__u32 locked = 0;

	if (!cpu || !traced_device_of(&d.device, BPF_CORE_READ(skb, dev)))
		return 0;
	peer = (void *)cpu->purged_peer;
	if (peer)
		bpf_probe_read_kernel(&locked, sizeof(locked), &peer->staged_packet_queue.lock);
	if (locked) {
		d.peer = cpu->purged_peer;
		d.cause = cpu->purge_cause;
	}
	tx_died(&d);
	return 0;
}

#endif
