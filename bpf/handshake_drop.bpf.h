/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Handshake messages that this host's own stack drops, on their way out or in:
 * counted with the kernel's reason, like data messages (drops.bpf.h).
 */
#ifndef WGT_HANDSHAKE_DROP_BPF_H
#define WGT_HANDSHAKE_DROP_BPF_H

#include "handshake.bpf.h"

/* rec->inner: the UDP packet, in `netns`; its message begins at `message`. */
VERIFIED_ONCE int handshake_dropped(struct wgt_record *rec, __u64 message, __u32 skb_iif,
				    __u32 netns)
{
	struct hs_event e = {.what = skb_iif ? WGT_HS_DROPPED_IN : WGT_HS_DROPPED_OUT};
	struct wgt_port_key port = {};
	struct wgt_device_key *owner;
	struct wgt_index_key ours = {};
	struct initiation *i;
	__u32 head[3] = {}; /* type, sender index, a response's receiver index */

	if (!rec || bpf_probe_read_kernel(head, sizeof(head), (void *)message) ||
	    head[0] < MESSAGE_HANDSHAKE_INITIATION || head[0] > MESSAGE_HANDSHAKE_COOKIE)
		return 0;
	port.netns = netns;
	port.port = bpf_ntohs(skb_iif ? rec->inner.dst_port : rec->inner.src_port);
	owner = bpf_map_lookup_elem(&wgt_ports, &port);
	if (!owner || !traced(owner))
		return 0;
	rec->outer = rec->inner;
	__builtin_memset(&rec->inner, 0, sizeof(rec->inner));
	rec->device = *owner;
	rec->verdict = skb_iif ? WGT_V_OUTER_IN : WGT_V_OUTER_OUT;
	if (head[0] != MESSAGE_HANDSHAKE_COOKIE)
		e.sender_index = head[1];
	if (head[0] == MESSAGE_HANDSHAKE_RESPONSE)
		e.receiver_index = head[2];
	ours.device = *owner;
	ours.index = skb_iif ? e.receiver_index : e.sender_index;
	i = bpf_map_lookup_elem(&wgt_initiations, &ours);
	if (i) {
		__builtin_memcpy(rec->peer, i->key, sizeof(rec->peer));
		__builtin_memcpy(e.peer, i->key, sizeof(e.peer));
		rec->flags |= WGT_F_PEER;
		e.has_peer = 1;
	}
	count_drop(rec);
	e.device = *owner;
	e.now_ns = rec->hop_ns[0];
	e.attempts = rec->drop_reason;
	e.outer = &rec->outer;
	tell(&e);
	return 1;
}

#endif
