/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loops: the outer packet is routed back into the device that encrypted it, and
 * wg_xmit runs for it inside send4/send6. The kernel's own limit,
 * where it has one, does not see them: each round waits in a queue. The looped
 * packet is the next round's inner packet. One that goes on to another peer of the
 * device is none: that peer carries it (packet.bpf.h, note_message).
 */
#ifndef WGT_LOOP_BPF_H
#define WGT_LOOP_BPF_H

#include "staged.bpf.h"

static __always_inline bool is_sending(const struct this_cpu *cpu,
				       const struct wgt_device_key *device,
				       const struct message_data *m)
{
	return cpu->sending_id && cpu->sending.receiver_index == m->key_idx &&
	       cpu->sending.counter == m->counter && cpu->sending.device.netns == device->netns &&
	       cpu->sending.device.ifindex == device->ifindex;
}

/* keypair: which the peer may not have. */
static __always_inline bool keypair_sends(const struct noise_keypair *keypair, __u32 index)
{
	return keypair && BPF_CORE_READ(keypair, remote_index) == index;
}

/* Was a message with this receiver index made for the peer? */
static __always_inline bool is_for(const struct wg_peer *peer, __u32 index)
{
	return keypair_sends(BPF_CORE_READ(peer, keypairs.current_keypair), index) ||
	       keypair_sends(BPF_CORE_READ(peer, keypairs.previous_keypair), index) ||
	       keypair_sends(BPF_CORE_READ(peer, keypairs.next_keypair), index);
}

/* Is what enters a device that device's own data message, by its source port and
 * type, and for the same peer? Of one that was cut by the MTU, the first part.
 * to: the peer that wg_xmit found; 0: none, so that it dies of coming back. */
VERIFIED_ONCE int loops_back(__u64 skb_address, __u64 table, __u64 to)
{
	struct sk_buff *skb = (void *)skb_address;
	struct wg_device *wg =
		(void *)(table - bpf_core_field_offset(struct wg_device, peer_allowedips));
	unsigned char *ip = BPF_CORE_READ(skb, data);
	__u64 avail = BPF_CORE_READ(skb, len) - BPF_CORE_READ(skb, data_len);
	struct net_device *dev = BPF_CORE_READ(wg, dev);
	struct this_cpu *cpu = this_cpu();
	struct wgt_tuple outer = {};
	struct wgt_device_key key;
	struct message_data m;
	struct wgt_record *rec;
	__u32 header;

	read_tuple_at(&outer, (__u64)ip, avail);
	header = (outer.version == 4 ? 20 : 40) + 8;
	if (!cpu || outer.proto != IPPROTO_UDP || avail < header ||
	    outer.src_port != bpf_htons(BPF_CORE_READ(wg, incoming_port)) ||
	    BPF_CORE_READ(wg, creating_net) != BPF_CORE_READ(dev, nd_net.net) ||
	    !read_data_header(&m, ip + header, avail - header) || !traced_device_of(&key, dev) ||
	    (to && !is_for((void *)to, m.key_idx)))
		return 0;
	if (is_sending(cpu, &key, &m)) { /* told when send4 returns */
		cpu->looped = 1;
		return 0;
	}
	rec = &cpu->refused;
	__builtin_memset(rec, 0, sizeof(*rec));
	rec->kind = WGT_DROP;
	rec->verdict = WGT_V_TX_LOOP;
	rec->device = key;
	rec->hop_ns[0] = bpf_ktime_get_ns();
	rec->outer = outer;
	set_key(rec, m.key_idx, m.counter);
	count_drop(rec);
	if (watched())
		emit(rec, NULL);
	return 0;
}

#endif
