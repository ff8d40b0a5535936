/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's own list of a device's peers, for bpf_loop. */
#ifndef WGT_PEER_WALK_BPF_H
#define WGT_PEER_WALK_BPF_H

#include "kernel.bpf.h"

#define MAX_PEERS (1 << 16)

struct peer_walk {
	__u64 node; /* struct list_head * inside the next wg_peer */
	__u64 head;
	struct wgt_device_key device;
};

static __always_inline void walk_peers(struct peer_walk *w, struct wg_device *wg)
{
	w->head = (__u64)wg + bpf_core_field_offset(struct wg_device, peer_list);
	w->node = (__u64)BPF_CORE_READ(wg, peer_list.next);
}

/* NULL: there are no more. */
static __always_inline struct wg_peer *next_peer(struct peer_walk *w)
{
	struct list_head *node = (void *)w->node;

	if (!node || w->node == w->head ||
	    bpf_probe_read_kernel(&w->node, sizeof(w->node), &node->next))
		return NULL;
	return (void *)((__u64)node - bpf_core_field_offset(struct wg_peer, peer_list));
}

#endif
