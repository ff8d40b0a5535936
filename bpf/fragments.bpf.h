/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An encrypted packet that arrives in pieces: its first fragment, the only one
 * that has its number. If no more comes of it the network lost another one; the
 * kernel itself says so only 30 s later.
 */
#ifndef WGT_FRAGMENTS_BPF_H
#define WGT_FRAGMENTS_BPF_H

#include "emit.bpf.h"

#define IP_MF	    0x2000
#define IP_OFFSET   0x1fff
#define IPV6_M	    0x0001
#define IPV6_OFFSET 0xfff8
#define IP4_BYTES   20
#define FRAG6_BYTES 8

/* ip, udp: addresses of these headers. In softirq: skb came in by a device. */
VERIFIED_ONCE int first_fragment(__u64 skb_address, __u64 ip, __u64 udp)
{
	struct sk_buff *skb = (void *)skb_address;
	struct this_cpu *cpu = this_cpu();
	struct wgt_port_key port = {};
	struct wgt_device_key *owner;
	struct wgt_record *rec;
	struct message_data m;
	__be16 dst_port = 0;

	if (!cpu || !watched() ||
	    bpf_probe_read_kernel(&dst_port, sizeof(dst_port), (void *)(udp + 2)))
		return 0;
	port.netns = BPF_CORE_READ(skb, dev, nd_net.net, ns.inum);
	port.port = bpf_ntohs(dst_port);
	owner = bpf_map_lookup_elem(&wgt_ports, &port);
	if (!owner || !read_data_header(&m, (void *)(udp + UDP_BYTES),
					linear_of(skb_address, udp + UDP_BYTES)))
		return 0;
	rec = &cpu->refused;
	__builtin_memset(rec, 0, sizeof(*rec));
	rec->kind = WGT_DROP;
	rec->verdict = WGT_V_NETWORK_LOST;
	rec->drop_reason = WGT_CAUSE_FRAGMENT_MISSING;
	rec->flags = WGT_F_PORT_MATCH | WGT_F_INFERRED;
	rec->device = *owner;
	rec->hop_ns[0] = bpf_ktime_get_ns();
	set_key(rec, m.key_idx, m.counter);
	read_tuple_at(&rec->outer, ip, linear_of(skb_address, ip));
	emit(rec, NULL);
	return 0;
}

/* Not skb->head: on 7.3 that is a type of pointer which takes no part in sums. */
static __always_inline const unsigned char *head_of(struct sk_buff *skb)
{
	return BPF_CORE_READ(skb, head);
}

/* Every fragment comes here, from ip_local_deliver or from conntrack before. */
SEC("fentry")
int BPF_PROG(wgt_fragment4, struct net *net, struct sk_buff *skb)
{
	const unsigned char *ip = head_of(skb) + skb->network_header;
	__u8 h[IP4_BYTES];

	if (!skb->skb_iif || bpf_probe_read_kernel(h, sizeof(h), ip))
		return 0;
	if (h[0] == 0x45 && h[9] == IPPROTO_UDP && (be16_at(h + 6) & IP_MF) &&
	    !(be16_at(h + 6) & IP_OFFSET))
		first_fragment(argument(ctx, 1), (__u64)ip, (__u64)ip + IP4_BYTES);
	return 0;
}

SEC("fentry")
int BPF_PROG(wgt_fragment6, struct sk_buff *skb)
{
	const unsigned char *head = head_of(skb), *fragment = head + skb->transport_header;
	__u8 h[FRAG6_BYTES];

	if (bpf_probe_read_kernel(h, sizeof(h), fragment))
		return 0;
	if (h[0] == IPPROTO_UDP && (be16_at(h + 2) & IPV6_M) && !(be16_at(h + 2) & IPV6_OFFSET))
		first_fragment(argument(ctx, 0), (__u64)(head + skb->network_header),
			       (__u64)fragment + FRAG6_BYTES);
	return 0;
}

#endif
