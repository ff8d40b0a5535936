/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbered packets that are never sent: lists that WireGuard gives up as a whole
 * (wg_packet_create_data, wg_packet_tx_worker), seen by tp kfree_skb. Only a list's
 * first packet knows its keypair, so the list is told when its first packet dies.
 */
#ifndef WGT_UNSENT_BPF_H
#define WGT_UNSENT_BPF_H

#include "staged.bpf.h"

#define MAX_LIST 4096

static long walk_unsent(__u32 i, struct death *d)
{
	struct sk_buff *skb = (void *)d->skb;

	if (!d->skb)
		return 1;
	tx_died(d);
	if (bpf_probe_read_kernel(&d->skb, sizeof(d->skb), &skb->next))
		return 1;
	return 0;
}

/* Freed by wg_packet_create_data: peer->is_dead, or its queue was full. is_dead
 * never goes back, but may have been set since WireGuard asked. */
static __always_inline __u32 not_queued(struct wg_peer *peer)
{
	if (!BPF_CORE_READ(peer, is_dead))
		return WGT_V_TX_QUEUE_FULL;
	if (BPF_CORE_READ(peer, tx_queue.count.counter) < MAX_QUEUED_PACKETS)
		return WGT_V_TX_PEER_DEAD;
	return WGT_V_UNKNOWN;
}

/* Freed by wg_packet_tx_worker as PACKET_STATE_DEAD: there was no room in
 * wg->encrypt_queue, or encrypt_packet failed for one of the list. It starts by
 * skb_get_hash() and pushes the message header in front of what it encrypts. */
static __always_inline __u32 not_encrypted(struct sk_buff *first)
{
	struct flight *f = watched() ? flight_find(&wgt_tx_flight, skb_id_at((__u64)first)) : NULL;
	struct message_data m;

	if (read_data_header(&m, BPF_CORE_READ(first, data), sizeof(m)))
		return WGT_V_TX_ENCRYPT_FAILED;
	if (f)
		return f->state == TX_NUMBERED ? WGT_V_TX_ENCRYPT_FAILED : WGT_V_TX_RING_FULL;
	if (!BPF_CORE_READ_BITFIELD_PROBED(first, l4_hash) &&
	    !BPF_CORE_READ_BITFIELD_PROBED(first, sw_hash))
		return WGT_V_TX_RING_FULL;
	return WGT_V_UNKNOWN;
}

enum unsent_at { UNSENT_STAGED, UNSENT_WORKER, UNSENT_SOME_LIST };

/* Not 0: it is the first packet of a list that WireGuard gives up. */
VERIFIED_ONCE int unsent(__u64 skb_address, __u64 at, __u32 where)
{
	struct sk_buff *skb = (void *)skb_address;
	struct death d = {.skb = skb_address, .location = at};
	struct noise_keypair *keypair = NULL;
	struct wg_peer *peer;
	bool either = false;
	__u32 state = 0;

	bpf_probe_read_kernel(&keypair, sizeof(keypair), skb->cb + PACKET_CB_KEYPAIR);
	bpf_probe_read_kernel(&state, sizeof(state), skb->cb + PACKET_CB_STATE);
	peer = BPF_CORE_READ(keypair, entry.peer);
	if (!peer || !traced_device_of(&d.device, BPF_CORE_READ(peer, device, dev)))
		return 0;
	if (where == UNSENT_SOME_LIST) {
		where = state == PACKET_STATE_DEAD ? UNSENT_WORKER : UNSENT_STAGED;
		/* With a dead peer state may not have been written yet. */
		either = where == UNSENT_WORKER && BPF_CORE_READ(peer, is_dead);
	}
	if (either)
		d.verdict = WGT_V_UNKNOWN;
	else
		d.verdict = where == UNSENT_WORKER ? not_encrypted(skb) : not_queued(peer);
	d.peer = (__u64)peer;
	d.keypair = (__u64)keypair;
	bpf_loop(MAX_LIST, walk_unsent, &d, 0);
	return 1;
}

#endif
