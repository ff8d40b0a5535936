/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tables of packets in flight: arrays indexed by a hash of the packet's id
 * (its skb pointer, see skb_id) and tagged with it; nearly twice as cheap as a
 * hash map with insert and delete per packet. A pointer is unique while the
 * packet lives; a slot whose packet ended unseen is found by its age or by the
 * pointer coming back. Packets enter only while somebody watches, and the first
 * consumer empties the tables, so nothing in them is older than the watching.
 */
#ifndef WGT_FLIGHT_BPF_H
#define WGT_FLIGHT_BPF_H

#include "emit.bpf.h"

#define FLIGHT_WAYS 4
/* Packets may wait 90 s for a handshake (MAX_TIMER_HANDSHAKES). */
#define FLIGHT_STALE_NS 120000000000ull

/* sk_buffs are 256-byte slab objects: neighbours get neighbouring slots, and the
 * other ways lie far from those, which a burst fills. */
#define FLIGHT_STRIDE 1361

static __always_inline __u32 flight_slot(__u64 id, int way)
{
	return ((__u32)((id >> 8) ^ (id >> 21)) + (__u32)way * FLIGHT_STRIDE) & (FLIGHT_SLOTS - 1);
}

static __always_inline struct flight *flight_find(void *table, __u64 id)
{
	for (int way = 0; way < FLIGHT_WAYS; way++) {
		__u32 slot = flight_slot(id, way);
		struct flight *f = bpf_map_lookup_elem(table, &slot);

		if (f && f->id == id)
			return f;
	}
	return NULL;
}

/* Ends a packet but leaves its record to be found by flight_find_delivered();
 * its slot may be taken at once. */
#define DELIVERED_TAG 1 /* ids are multiples of 8 */

static __always_inline struct flight *flight_find_delivered(void *table, __u64 id)
{
	return flight_find(table, id | DELIVERED_TAG);
}

/* A slot for a packet that starts its way now, its record zeroed; NULL if every
 * way is taken by a living packet. */
static __always_inline struct flight *flight_claim(void *table, __u64 id, __u64 now, __u32 loss)
{
	struct flight *f = flight_find(table, id);

	for (int way = 0; !f && way < FLIGHT_WAYS; way++) {
		__u32 slot = flight_slot(id, way);
		struct flight *c = bpf_map_lookup_elem(table, &slot);
		__u64 owner;

		if (!c)
			return NULL;
		owner = c->id;
		if (owner && !(owner & DELIVERED_TAG) && now - c->touched_ns < FLIGHT_STALE_NS)
			continue;
		if (__sync_val_compare_and_swap(&c->id, owner, id) != owner)
			continue;
		if (!owner || (owner & DELIVERED_TAG))
			c->state = 0;
		f = c;
	}
	if (!f) {
		count_loss(loss);
		return NULL;
	}
	/* Its earlier packet ended unseen. One that never got beyond wg_xmit may
	 * have gone on as a copy (skb_share_check: a tap on the interface). */
	if (f->state && f->state != TX_ENTERED)
		count_loss(WGT_LOSS_UNFINISHED);
	f->touched_ns = now;
	/* All behind that, from a multiple of eight on: in words. */
	__builtin_memset(&f->keypair, 0, sizeof(*f) - __builtin_offsetof(struct flight, keypair));
	return f;
}

static __always_inline void flight_release(struct flight *f)
{
	f->state = 0;
	f->id = 0;
}

static __always_inline void flight_delivered(struct flight *f)
{
	f->state = 0;
	f->id |= DELIVERED_TAG;
}

#endif
