/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the host's own stack drops before or after WireGuard: tp kfree_skb.
 * Fires for every drop of the host, so each case leaves early.
 */
#ifndef WGT_DROPS_BPF_H
#define WGT_DROPS_BPF_H

#include "handshake_drop.bpf.h"
#include "rejected.bpf.h"
#include "send.bpf.h"
#include "unsent.bpf.h"

static __always_inline bool within(__u64 location, const volatile struct wgt_range *range)
{
	return location >= range->begin && location < range->end;
}

/* Freed inside send4/send6: its headers go, its errno follows at their return. */
VERIFIED_ONCE int dying_in_send(__u64 skb_address, __u64 id)
{
	struct sk_buff *skb = (void *)skb_address;
	struct this_cpu *cpu = this_cpu();
	struct message_data m;
	struct net_device *dev;

	if (!cpu || cpu->sending_id == id)
		return 0;
	if (watched() && take_for_sending(cpu, id))
		return 0;
	dev = BPF_CORE_READ(skb, dev);
	if (!dev || !read_data_header(&m, BPF_CORE_READ(skb, data),
				      BPF_CORE_READ(skb, len) - BPF_CORE_READ(skb, data_len)))
		return 0;
	struct wgt_device_key key = {
		.netns = BPF_CORE_READ(dev, nd_net.net, ns.inum),
		.ifindex = (__u32)BPF_CORE_READ(dev, ifindex),
	};

	if (!traced(&key))
		return 0;
	__builtin_memset(&cpu->sending, 0, sizeof(cpu->sending));
	cpu->sending.kind = WGT_TX;
	cpu->sending.device = key;
	cpu->sending.hop_ns[WGT_HOP_ENCRYPT] = bpf_ktime_get_ns();
	set_key(&cpu->sending, m.key_idx, m.counter);
	__builtin_memset(&cpu->sending_choice, 0, sizeof(cpu->sending_choice));
	cpu->sending_peer_id = 0;
	cpu->sending_id = id;
	return 0;
}

static __always_inline bool same_inner(const struct wgt_tuple *a, const struct wgt_tuple *b)
{
	return a->version == b->version && a->proto == b->proto && a->id == b->id &&
	       (a->proto != IPPROTO_TCP || a->seq == b->seq) && a->src_port == b->src_port &&
	       a->dst_port == b->dst_port && same_address(a->src, b->src) &&
	       same_address(a->dst, b->dst);
}

/* The stack frees some packets as dropped although they did their work: the
 * answer to a ping (a raw socket has its copy, icmp_rcv finds no other), IPv6
 * multicast that nobody joined, and a reset that finds its connection gone
 * already. */
static __always_inline bool harmless(const struct wgt_tuple *inner)
{
	if (inner->proto == IPPROTO_ICMPV6)
		return inner->dst[0] == 0xff || (inner->src_port & 0xff) == 129;
	if (inner->proto == IPPROTO_ICMP)
		return (inner->src_port & 0xff) == 0; /* echo reply */
	if (inner->proto == IPPROTO_TCP && (inner->tcp_flags & TCP_RST))
		return true;
	return inner->version == 6 && inner->dst[0] == 0xff;
}

/* A decrypted packet that the receiver's stack drops. Its skb is known by its
 * pointer while watched; unwatched, by the interface that it came in by. */
VERIFIED_ONCE int inner_drop(struct wgt_record *rec, const struct wgt_choice *choice, __u64 id)
{
	struct flight *f = watched() ? flight_find_delivered(&wgt_rx_flight, id) : NULL;
	struct wgt_device_key device; /* 6.1 takes no key from where rec may point to */

	if (!rec)
		return 0;
	device = rec->device;
	if (!f && !traced(&device))
		return 0;
	rec->verdict = WGT_V_INNER_IN;
	if (f && same_inner(&rec->inner, &f->rec.inner)) {
		set_key(rec, f->rec.receiver_index, f->rec.counter);
		rec->device = f->rec.device;
		__builtin_memcpy(rec->peer, f->rec.peer, sizeof(rec->peer));
		rec->flags |= f->rec.flags & WGT_F_PEER;
		f->id = 0;
	}
	/* A copy that the stack made (ip_do_fragment) has no number: the join goes
	 * by its inner headers. */
	if (watched())
		emit(rec, choice);
	count_drop(rec);
	return 0;
}

/* An encrypted packet that this host's stack drops: on its way out (it never
 * came in by a device) or on its way in. avail: linear bytes from its IP header on.
 * netns: where a socket of its port would be. */
VERIFIED_ONCE int outer_drop(struct wgt_record *rec, __u64 ip, __u64 avail, __u32 leaving,
			     __u32 netns)
{
	struct wgt_port_key port = {.netns = netns};
	struct wgt_device_key *owner;
	struct message_data m;
	__u32 came_in_by, header;
	__u8 next = 0;

	if (!rec)
		return 0;
	came_in_by = rec->device.ifindex;
	/* WireGuard sets no IP options and no extension headers. Fragments have one. */
	header = (rec->inner.version == 4 ? 20 : 40) + 8;
	if (rec->inner.version == 6 &&
	    !bpf_probe_read_kernel(&next, sizeof(next), (void *)(ip + 6)) &&
	    next == IPPROTO_FRAGMENT)
		header += 8;
	if (rec->inner.proto == IPPROTO_UDP && avail >= header + 3 * sizeof(__u32) &&
	    !(leaving && came_in_by) && handshake_dropped(rec, ip + header, came_in_by, netns))
		return 1;
	if (rec->inner.proto != IPPROTO_UDP || avail < header + sizeof(m) ||
	    !read_data_header(&m, (void *)(ip + header), avail - header))
		return 0;
	port.port = came_in_by ? bpf_ntohs(rec->inner.dst_port) : bpf_ntohs(rec->inner.src_port);
	owner = bpf_map_lookup_elem(&wgt_ports, &port);
	/* On its way into a tunnel it is that tunnel's inner packet, whoever made
	 * it, unless this host just did. */
	if (leaving && (!owner || came_in_by))
		return 0;
	rec->outer = rec->inner;
	rec->outer.tcp_flags = 0;
	rec->outer.seq = 0;
	__builtin_memset(&rec->inner, 0, sizeof(rec->inner));
	set_key(rec, m.key_idx, m.counter);
	rec->verdict = came_in_by ? WGT_V_OUTER_IN : WGT_V_OUTER_OUT;
	if (within(rec->drop_location, &constants.wg_receive)) {
		/* WireGuard's own: the socket is no longer, or not yet, a device's. */
		rec->kind = WGT_RX;
		rec->verdict = WGT_V_RX_NO_DEVICE;
		rec->drop_reason = 0;
		rec->hop_ns[WGT_HOP_WG_RECEIVE] = rec->hop_ns[0];
		rec->hop_ns[0] = 0;
	}
	if (owner) {
		rec->flags |= WGT_F_PORT_MATCH;
		rec->device = *owner;
		count_drop(rec);
	} else if (rec->kind == WGT_RX) {
		return 1; /* of an interface that nobody traces */
	} else {
		rec->device.ifindex = 0; /* the join finds whose it is by the key */
	}
	emit(rec, NULL);
	return 1;
}

/* Raw sockets had their copies, and ping_rcv found no ping socket. harmless()
 * would say so, too; every ping comes here, and this costs less. */
static __always_inline bool answer_to_ping(__u64 at, __u32 reason)
{
	return reason == bpf_core_enum_value(enum skb_drop_reason, SKB_DROP_REASON_NO_SOCKET) &&
	       (within(at, &constants.icmp_receive[0]) || within(at, &constants.icmp_receive[1]));
}

static __always_inline bool dealt_with(const struct wgt_tuple *inner, __u64 at, __u32 reason)
{
	if (reason != bpf_core_enum_value(enum skb_drop_reason, SKB_DROP_REASON_NOT_SPECIFIED))
		return false;
	/* Multicast that nobody joined (route.c, ip_route_input_rcu); of IPv6: harmless(). */
	if (inner->version == 4 && (inner->dst[0] & 0xf0) == 0xe0)
		return true;
	for (int i = 0; i < WGT_FINAL_RECEIVE; i++) {
		if (within(at, &constants.final_receive[i]))
			return true;
	}
	return within(at, &constants.icmp_receive[0]) || within(at, &constants.icmp_receive[1]);
}

/* Is skb on its way into a traced device? By its route: wg_xmit drops that from
 * what it takes. Copies that taps and error queues keep are marked as outgoing. */
static __always_inline bool leaving_by(struct sk_buff *skb, struct wgt_device_key *out)
{
	struct dst_entry *dst = (void *)(skb->_skb_refdst & ~1ul); /* SKB_DST_NOREF */

	return dst && BPF_CORE_READ_BITFIELD(skb, pkt_type) != PACKET_OUTGOING &&
	       traced_device_of(out, BPF_CORE_READ(dst, dev));
}

/* Freed by WireGuard after it took it: told here, or together with its list. */
static __always_inline bool dying_in_wireguard(const void *ctx, struct sk_buff *skb, __u64 at)
{
	if (within(at, &constants.send4) || within(at, &constants.send6))
		dying_in_send(argument(ctx, 0), skb_id(skb));
	else if (within(at, &constants.purge_staged))
		purged(argument(ctx, 0), at);
	else if (within(at, &constants.send_staged))
		unsent(argument(ctx, 0), at, UNSENT_STAGED);
	else if (within(at, &constants.tx_worker))
		unsent(argument(ctx, 0), at, UNSENT_WORKER);
	else if (!within(at, &constants.kfree_skb_list))
		return false;
	else
		return unsent(argument(ctx, 0), at, UNSENT_SOME_LIST);
	return true;
}

/* Keeps the stack if somebody wants it; its key, or 0. */
static __noinline int note_stack(__u64 *ctx)
{
	struct wgt_config *c = config();
	struct this_cpu *cpu = this_cpu();
	__u32 hash = 2166136261u; /* FNV-1a */

	if (!c || !c->stacks || !cpu)
		return 0;
	__builtin_memset(&cpu->stack, 0, sizeof(cpu->stack));
	if (bpf_get_stack(ctx, &cpu->stack, sizeof(cpu->stack), 0) <= 0)
		return 0;
	for (int i = 0; i < WGT_STACK_DEPTH; i++)
		hash = (hash ^ (__u32)cpu->stack.address[i]) * 16777619u;
	hash = hash & 0x7fffffff ?: 1;
	bpf_map_update_elem(&wgt_stacks, &hash, &cpu->stack, BPF_NOEXIST);
	return (int)hash;
}

static __always_inline bool socket_is_full(__u32 reason)
{
	return reason ==
		       bpf_core_enum_value(enum skb_drop_reason, SKB_DROP_REASON_SOCKET_RCVBUFF) ||
	       reason == bpf_core_enum_value(enum skb_drop_reason, SKB_DROP_REASON_PROTO_MEM);
}

/* All other drops. A function of its own: WireGuard's lists need the stack. */
static __noinline int dropped_by_stack(__u64 *ctx)
{
	struct sk_buff *skb = (void *)ctx[0];
	__u64 at = ctx[1];
	__u32 reason = (__u32)ctx[2];
	struct wgt_device_key out = {}, key = {};
	struct wgt_choice choice = {};
	__u64 skb_address = argument(ctx, 0), ip, avail;
	struct net_device *dev;
	struct wgt_record *rec;
	struct this_cpu *cpu;
	bool leaving = false;
	__u32 netns;

	dev = skb->dev;
	if (socket_is_full(reason)) {
		/* skb->dev is overwritten (udp_set_dev_scratch): nobody but the packet's
		 * flight knows where it came in. TCP's own affair, as below. */
		struct flight *f =
			watched() ? flight_find_delivered(&wgt_rx_flight, skb_id(skb)) : NULL;

		if (!f || f->rec.inner.proto != IPPROTO_UDP)
			return 0;
		key = f->rec.device;
		dev = NULL;
	} else if (dev) {
		key = device_key(dev);
	} else { /* a local packet before it is handed to its device */
		leaving = leaving_by(skb, &out);
		/* Or one that TCP has (tcp_v4_rcv takes skb->dev away): what TCP
		 * makes of its segments, old ones and late ones, is its own affair. */
		if (!leaving)
			return 0;
		key.netns = out.netns;
	}
	netns = key.netns;
	if (!bpf_map_lookup_elem(&wgt_netns, &netns))
		return 0;
	cpu = this_cpu();
	if (!cpu)
		return 0;
	if (within(at, &constants.wg_xmit)) {
		if (!traced(&key))
			return 0;
		__builtin_memset(&cpu->dying, 0, sizeof(cpu->dying));
		read_inner_at(&cpu->dying, (__u64)BPF_CORE_READ(skb, data),
			      skb->len - skb->data_len);
		__builtin_memset(&cpu->dying_choice, 0, sizeof(cpu->dying_choice));
		if (filtered())
			nobody_wants(&cpu->dying_choice, &key, skb_address, followers());
		cpu->dying_id = skb_id(skb);
		return 0;
	}
	/* The rest of a list that WireGuard took: 6.1 does not say who freed it. */
	if (within(at, &constants.kfree_skb_list) && !skb->_skb_refdst && traced(&key))
		return 0;
	if (reason == bpf_core_enum_value(enum skb_drop_reason, SKB_DROP_REASON_CPU_BACKLOG)) {
		/* Before __netif_receive_skb_core says where it begins, and came in. */
		ip = (__u64)BPF_CORE_READ(skb, data);
	} else {
		ip = (__u64)BPF_CORE_READ(skb, head) + skb->network_header;
		/* What came in by a tunnel stays that tunnel's, wherever it was going. */
		key.ifindex = (__u32)skb->skb_iif;
		if (dev && !traced(&key))
			leaving = leaving_by(skb, &out);
	}
	rec = &cpu->dropped;
	__builtin_memset(&rec->inner, 0, sizeof(rec->inner));
	avail = linear_of(skb_address, ip);
	read_inner_at(&rec->inner, ip, avail);
	if (!leaving && says_too_big(&rec->inner) && !traced(&key)) {
		/* Those that ICMP itself frees, it has heard. */
		if (!within(at, &constants.icmp_receive[0]) &&
		    !within(at, &constants.icmp_receive[1]))
			rejected(skb_address, WGT_ICMP_DROPPED_LOCALLY);
		return 0;
	}
	if (!rec->inner.version ||
	    (!leaving && (harmless(&rec->inner) || dealt_with(&rec->inner, at, reason))))
		return 0;
	__builtin_memset(rec, 0, offsetof(struct wgt_record, inner));
	__builtin_memset(&rec->outer, 0, sizeof(*rec) - offsetof(struct wgt_record, outer));
	rec->kind = WGT_DROP;
	rec->device = key;
	rec->drop_reason = reason;
	rec->drop_location = at;
	rec->error = note_stack(ctx);
	rec->hop_ns[0] = bpf_ktime_get_ns();
	/* Until it is routed, what WireGuard sends has the device that it was sent into, which
	 * may be in another namespace than the socket. */
	if (dev && !skb->skb_iif && !leaving) {
		struct wgt_device_key sender = device_key(dev);
		struct wgt_device *device = traced(&sender);

		if (device && device->outer_netns)
			netns = device->outer_netns;
	}
	if (outer_drop(rec, ip, avail, leaving, netns))
		return 0;
	if (filtered()) {
		/* What was delivered is that tunnel's, however far it went. */
		struct flight *f =
			leaving ? NULL : flight_find_delivered(&wgt_rx_flight, skb_id(skb));

		if (!leaving)
			out = f ? f->rec.device : key;
		ask_filters(&choice, &out, ip, (__u32)avail, leaving ? followers() : 0);
	}
	if (leaving) {
		rec->verdict = WGT_V_INNER_OUT;
		rec->device = out;
		count_drop(rec);
		emit(rec, &choice);
	} else {
		inner_drop(rec, &choice, skb_id(skb));
	}
	return 0;
}

SEC("tp_btf")
int BPF_PROG(wgt_drop, struct sk_buff *skb, void *location, __u32 reason)
{
	__u64 at = (__u64)location;

	if (!within(at, &constants.skb_release_data) && !answer_to_ping(at, reason) &&
	    !dying_in_wireguard(ctx, skb, at))
		dropped_by_stack(ctx);
	return 0;
}

#endif
