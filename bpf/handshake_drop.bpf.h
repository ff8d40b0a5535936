/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Handshake messages that this host's own stack drops, on their way out or in:
 * counted with the kernel's reason, like data messages (drops.bpf.h).
 */
#ifndef WGT_HANDSHAKE_DROP_BPF_H
#define WGT_HANDSHAKE_DROP_BPF_H

#include "handshake.bpf.h"

/* rec->inner: the UDP packet; its message begins at `message`. */
static __noinline int handshake_dropped(struct wgt_record *rec, __u64 message, __u32 skb_iif)
{
	struct wgt_port_key port = {};
	struct wgt_device_key *owner;
	struct wgt_gone_key index = {};
	struct initiation *i;
	__u32 head[2] = {};

	if (!rec || bpf_probe_read_kernel(head, sizeof(head), (void *)message) ||
	    head[0] < MESSAGE_HANDSHAKE_INITIATION || head[0] > MESSAGE_HANDSHAKE_COOKIE)
		return 0;
	port.netns = rec->device.netns;
	port.port = bpf_ntohs(skb_iif ? rec->inner.dst_port : rec->inner.src_port);
	owner = bpf_map_lookup_elem(&wgt_ports, &port);
	if (!owner || !traced(owner))
		return 0;
	rec->outer = rec->inner;
	__builtin_memset(&rec->inner, 0, sizeof(rec->inner));
	rec->device = *owner;
	rec->verdict = skb_iif ? WGT_V_OUTER_IN : WGT_V_OUTER_OUT;
	if (!skb_iif && head[0] == MESSAGE_HANDSHAKE_INITIATION) {
		index.device = *owner;
		index.index = head[1];
		i = bpf_map_lookup_elem(&wgt_initiations, &index);
		if (i) {
			__builtin_memcpy(rec->peer, i->key, sizeof(rec->peer));
			rec->flags |= WGT_F_PEER;
		}
	}
	count_drop(rec);
	return 1;
}

#endif
