/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ICMP errors about encrypted packets of ours, on their way to UDP's error
 * handler, where WireGuard ignores them: some host on the way says that it did
 * not pass the packet on, quotes its start, and names itself. Not at udpv6_err:
 * inline, and so not to be traced, before 7.0.
 */
#ifndef WGT_REJECTED_BPF_H
#define WGT_REJECTED_BPF_H

#include "packet.bpf.h"
#include "emit.bpf.h"

static __always_inline __u32 ip_bytes(const unsigned char *ip)
{
	__u8 first = 0;

	bpf_probe_read_kernel(&first, sizeof(first), ip);
	return first >> 4 == 4 ? (first & 15) * 4 : 40;
}

/* The network header is at the ICMP error's own. ICMP's handlers have set skb->data to
 * the IP header that it quotes; to what was dropped before nobody did. */
VERIFIED_ONCE int rejected(__u64 skb_address, __u32 dropped_locally)
{
	struct sk_buff *skb = (void *)skb_address;
	const unsigned char *quoted = BPF_CORE_READ(skb, data);
	const unsigned char *ip = BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, network_header);
	struct wgt_port_key port = {};
	struct this_cpu *cpu = this_cpu();
	struct wgt_device_key *owner;
	struct message_data m = {};
	struct wgt_record *rec;
	__u64 linear;
	__u32 header;

	if (!cpu)
		return 0;
	if (dropped_locally)
		quoted = ip + ip_bytes(ip) + ICMP_BYTES;
	rec = &cpu->dropped;
	__builtin_memset(rec, 0, sizeof(*rec));
	linear = linear_of(skb_address, (__u64)quoted);
	read_tuple_at(&rec->outer, (__u64)quoted, linear);
	if (rec->outer.proto != IPPROTO_UDP || !rec->outer.src_port)
		return 0;
	port.netns = BPF_CORE_READ(skb, dev, nd_net.net, ns.inum);
	port.port = bpf_ntohs(rec->outer.src_port);
	owner = bpf_map_lookup_elem(&wgt_ports, &port);
	if (!owner || !traced(owner))
		return 0;
	read_tuple_at(&rec->inner, (__u64)ip, linear_of(skb_address, (__u64)ip));
	/* From ourselves, about what our own stack dropped: told as outer_out. Unless we are
	 * the endpoint, too. */
	if (!rec->inner.version || (same_address(rec->inner.src, rec->outer.src) &&
				    !same_address(rec->outer.dst, rec->outer.src)))
		return 0;
	rec->kind = WGT_DROP;
	rec->verdict = WGT_V_NETWORK_REJECTED;
	rec->device = *owner;
	rec->flags = WGT_F_PORT_MATCH;
	rec->hop_ns[0] = bpf_ktime_get_ns();
	rec->drop_reason =
		WGT_REJECTION(rec->inner.version, bpf_ntohs(rec->inner.src_port)) | dropped_locally;
	/* WireGuard sets no IP options and no extension headers. */
	header = (rec->outer.version == 4 ? 20 : 40) + UDP_BYTES;
	if (linear >= header + sizeof(m) && read_data_header(&m, quoted + header, sizeof(m)))
		set_key(rec, m.key_idx, m.counter);
	count_drop(rec);
	/* Without its number it is no packet's that could be told. */
	if (watched() && (rec->flags & WGT_F_KEY))
		emit(rec, NULL);
	return 0;
}

SEC("fentry")
int BPF_PROG(wgt_icmp4, struct sk_buff *skb)
{
	rejected(argument(ctx, 0), 0);
	return 0;
}

SEC("fentry")
int BPF_PROG(wgt_icmp6, struct sk_buff *skb)
{
	rejected(argument(ctx, 0), 0);
	return 0;
}

static __always_inline bool says_too_big(const struct wgt_tuple *error)
{
	__u32 what = WGT_REJECTION(error->version, bpf_ntohs(error->src_port));

	return (error->proto == IPPROTO_ICMP && what == WGT_FRAGMENTATION_NEEDED) ||
	       (error->proto == IPPROTO_ICMPV6 && what == WGT_PACKET_TOO_BIG);
}

#endif
