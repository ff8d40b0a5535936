/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The send path: wg_xmit -> encrypt_packet -> udp_tunnel_xmit_skb -> send4/6
 * returns. Keyed by skb pointer, which stays the same from wg_xmit (or from
 * segmentation) until the UDP tunnel code takes it; there the record moves to
 * this CPU, because by the time send4 returns the skb may be freed, reused and
 * back in wg_xmit on another CPU.
 */
#ifndef WGT_TX_BPF_H
#define WGT_TX_BPF_H

#include "flight.bpf.h"
#include "packet.bpf.h"

SEC("fentry")
int BPF_PROG(wgt_xmit, struct sk_buff *skb, struct net_device *dev)
{
	struct wgt_device_key key = device_key(dev);
	__u64 now = bpf_ktime_get_ns();
	struct flight *f;

	if (!watched() || !traced(&key))
		return 0;
	f = flight_claim(&wgt_tx_flight, skb_id(skb), now, WGT_LOSS_TX_TABLE);
	if (!f)
		return 0;
	f->state = TX_ENTERED;
	f->rec.kind = WGT_TX;
	f->rec.device = key;
	f->rec.hop_ns[WGT_HOP_WG_XMIT] = now;
	return 0;
}

/* wg_xmit cuts a super-packet into new skbs, one per datagram. Far more than a
 * super-packet holds at any sane MSS; beyond it only the hop is not known. */
#define MAX_SEGMENTS 256

struct segment_walk {
	__u64 segment;
	__u64 entered_ns;
	struct wgt_device_key device;
	__u16 place;
	__u16 count; /* 0: counting; else: claiming slots */
};

static long walk_segment(__u32 i, struct segment_walk *w)
{
	struct sk_buff *segment = (void *)w->segment;
	struct flight *f;

	if (!w->segment)
		return 1;
	if (w->count) {
		f = flight_claim(&wgt_tx_flight, skb_id_at(w->segment), w->entered_ns,
				 WGT_LOSS_TX_TABLE);
		if (f) {
			f->state = TX_ENTERED;
			f->rec.kind = WGT_TX;
			f->rec.device = w->device;
			f->rec.hop_ns[WGT_HOP_WG_XMIT] = w->entered_ns;
			f->rec.flags = WGT_F_GSO;
			f->rec.gso_segment = w->place;
			f->rec.gso_segments = w->count;
		}
	}
	w->place++;
	if (bpf_probe_read_kernel(&w->segment, sizeof(w->segment), &segment->next))
		return 1;
	return 0;
}

/* Runs for every segmentation on this host; packets that are not in wg_xmit
 * are not in the table. The parent is consumed afterwards: not a drop. */
SEC("fexit")
int BPF_PROG(wgt_gso, struct sk_buff *skb, __u64 features, bool tx_path, struct sk_buff *segments)
{
	struct flight *f = flight_find(&wgt_tx_flight, skb_id(skb));
	struct segment_walk w = {};
	__u64 first = 0;

	if (!f || f->state != TX_ENTERED)
		return 0;
	/* The returned list as a number: skb_id_at() must do arithmetic with it. */
	bpf_probe_read_kernel(&first, sizeof(first), &ctx[3]);
	if (!first || first >= (__u64)-4095)
		return 0;
	w.entered_ns = f->rec.hop_ns[WGT_HOP_WG_XMIT];
	w.device = f->rec.device;
	w.segment = first;
	bpf_loop(MAX_SEGMENTS, walk_segment, &w, 0);
	w.count = w.place;
	w.place = 0;
	w.segment = first;
	flight_release(f);
	bpf_loop(MAX_SEGMENTS, walk_segment, &w, 0);
	return 0;
}

/* Why wg_xmit refuses, kernel.md S5-S8. Its skb is freed by now: the tuple was
 * taken by wgt_drop, which saw that. */
static __always_inline __u8 xmit_verdict(int ret)
{
	switch (-ret) {
	case WGT_EPROTONOSUPPORT:
		return WGT_V_TX_BAD_PROTOCOL;
	case WGT_ENOKEY:
		return WGT_V_TX_NO_PEER;
	case WGT_EDESTADDRREQ:
		return WGT_V_TX_NO_ENDPOINT;
	default:
		return WGT_V_TX_GSO_FAILED;
	}
}

SEC("fexit")
int BPF_PROG(wgt_xmit_ret, struct sk_buff *skb, struct net_device *dev, int ret)
{
	struct wgt_record *rec;
	struct this_cpu *cpu;
	struct flight *f;

	if (ret >= 0)
		return 0;
	struct wgt_device_key key = device_key(dev);

	cpu = this_cpu();
	if (!cpu || !traced(&key))
		return 0;
	rec = &cpu->refused;
	__builtin_memset(rec, 0, sizeof(*rec));
	rec->kind = WGT_TX;
	rec->verdict = xmit_verdict(ret);
	rec->device = key;
	rec->error = ret;
	if (cpu->dying_id == skb_id(skb))
		rec->inner = cpu->dying;
	cpu->dying_id = 0;
	f = flight_find(&wgt_tx_flight, skb_id(skb));
	if (f && f->state == TX_ENTERED) {
		rec->hop_ns[WGT_HOP_WG_XMIT] = f->rec.hop_ns[WGT_HOP_WG_XMIT];
		flight_release(f);
	} else {
		rec->hop_ns[WGT_HOP_WG_XMIT] = bpf_ktime_get_ns();
	}
	count_drop(rec);
	if (watched())
		emit(rec);
	return 0;
}

SEC("fentry")
int BPF_PROG(wgt_encrypt, struct sk_buff *skb, struct noise_keypair *keypair)
{
	struct wg_peer *peer = keypair->entry.peer;
	__u64 now = bpf_ktime_get_ns();
	struct flight *f = flight_find(&wgt_tx_flight, skb_id(skb));

	if (!peer || !watched())
		return 0;
	/* Not from wg_xmit: a keepalive, or it entered before watching began.
	 * An entry of the same pointer without data is an older packet's. */
	if (!f || f->state != TX_ENTERED || !skb->len) {
		struct wgt_device_key key = device_key(peer->device->dev);

		if (!traced(&key))
			return 0;
		f = flight_claim(&wgt_tx_flight, skb_id(skb), now, WGT_LOSS_TX_TABLE);
		if (!f)
			return 0;
		f->rec.kind = WGT_TX;
		f->rec.device = key;
	}
	f->touched_ns = now;
	f->peer_id = peer->internal_id;
	f->mtu = *(__u32 *)(skb->cb + PACKET_CB_MTU);
	set_key(&f->rec, keypair->remote_index, *(__u64 *)(skb->cb + PACKET_CB_NONCE));
	set_peer(&f->rec, peer);
	f->rec.hop_ns[WGT_HOP_ENCRYPT] = now;
	if (skb->len)
		read_tuple_at_data(&f->rec.inner, skb);
	f->state = TX_NUMBERED;
	return 0;
}

/* Writes out what this CPU was sending. ret: what send4 or send6 returned. */
static __always_inline void finish_sending(struct this_cpu *cpu, int ret)
{
	struct wgt_record *rec = &cpu->sending;

	rec->error = ret;
	if (ret == -WGT_ENONET) {
		rec->verdict = WGT_V_TX_NO_SOCKET;
	} else if (ret == -WGT_EAFNOSUPPORT) {
		rec->verdict = WGT_V_TX_NO_ENDPOINT_FAMILY;
	} else if (ret < 0) {
		rec->verdict = WGT_V_TX_NO_ROUTE;
	} else {
		rec->hop_ns[WGT_HOP_OUTER_OUT] = bpf_ktime_get_ns();
		if (rec->hop_ns[WGT_HOP_WG_XMIT]) {
			struct wgt_peer_totals *t = peer_totals(cpu->sending_peer_id);

			if (t)
				add_latency(t->tx_latency, rec->hop_ns[WGT_HOP_OUTER_OUT] -
								   rec->hop_ns[WGT_HOP_WG_XMIT]);
		}
	}
	if (rec->verdict)
		count_drop(rec);
	emit(rec);
	cpu->sending_id = 0;
}

/* Moves a packet's record from the table to this CPU. False: not one of ours. */
static __always_inline bool take_for_sending(struct this_cpu *cpu, __u64 id)
{
	struct flight *f = flight_find(&wgt_tx_flight, id);

	if (!f || f->state != TX_NUMBERED)
		return false;
	if (cpu->sending_id) /* the return of its send4 was not seen */
		emit(&cpu->sending);
	__builtin_memcpy(&cpu->sending, &f->rec, sizeof(f->rec));
	cpu->sending_peer_id = f->peer_id;
	cpu->sending_mtu = f->mtu;
	cpu->sending_id = id;
	flight_release(f);
	return true;
}

/* x86-64 passes six arguments in registers, the others on the stack above the
 * return address. The ports are there; addresses and skb are in registers. */
#define STACK_ARGUMENTS 5

static __always_inline void read_stack(struct pt_regs *ctx, __u64 arguments[STACK_ARGUMENTS])
{
	if (bpf_probe_read_kernel(arguments, STACK_ARGUMENTS * sizeof(__u64),
				  (void *)(PT_REGS_SP(ctx) + sizeof(__u64))))
		__builtin_memset(arguments, 0, STACK_ARGUMENTS * sizeof(__u64));
}

static __always_inline struct wgt_record *tunnel_entered(__u64 skb)
{
	struct this_cpu *cpu = this_cpu();
	struct flight *f = flight_find(&wgt_tx_flight, skb_id_at(skb));
	unsigned char *data = NULL;
	struct message_data m;

	/* wgt_encrypt was skipped (recursion guard: two crypt workers on one CPU,
	 * seen on 7.3): the number now stands in the packet. */
	if (f && f->state == TX_ENTERED &&
	    !bpf_probe_read_kernel(&data, sizeof(data), &((struct sk_buff *)skb)->data) &&
	    read_data_header(&m, data, sizeof(m))) {
		set_key(&f->rec, m.key_idx, m.counter);
		f->state = TX_NUMBERED;
	}
	if (!cpu || !take_for_sending(cpu, skb_id_at(skb)))
		return NULL;
	cpu->sending.hop_ns[WGT_HOP_UDP_TUNNEL_XMIT] = bpf_ktime_get_ns();
	cpu->sending.outer.proto = IPPROTO_UDP;
	return &cpu->sending;
}

#define OUTER4_BYTES (20 + 8)
#define OUTER6_BYTES (40 + 8)

static __always_inline __u32 payload_bytes(__u64 skb)
{
	__u32 len = 0;

	bpf_probe_read_kernel(&len, sizeof(len), &((struct sk_buff *)skb)->len);
	return len;
}

/* udp_tunnel_xmit_skb(rt, sk, skb, src, dst, tos | ttl, df, src_port, dst_port, …) */
SEC("kprobe")
int wgt_tunnel4(struct pt_regs *ctx)
{
	__u64 skb = PT_REGS_PARM3(ctx);
	struct wgt_record *rec = tunnel_entered(skb);
	__u32 src = (__u32)PT_REGS_PARM4(ctx), dst = (__u32)PT_REGS_PARM5(ctx);
	__u64 stack[STACK_ARGUMENTS];

	if (!rec)
		return 0;
	read_stack(ctx, stack);
	rec->outer.version = 4;
	__builtin_memcpy(rec->outer.src, &src, 4);
	__builtin_memcpy(rec->outer.dst, &dst, 4);
	rec->outer.tos = (__u8)ctx->r9;
	rec->outer.ttl = (__u8)stack[0];
	rec->outer.src_port = (__be16)stack[2];
	rec->outer.dst_port = (__be16)stack[3];
	rec->outer.len = payload_bytes(skb) + OUTER4_BYTES;
	return 0;
}

/* udp_tunnel6_xmit_skb(dst, sk, skb, dev, saddr, daddr | prio, ttl, label, src_port, dst_port, …)
 */
SEC("kprobe")
int wgt_tunnel6(struct pt_regs *ctx)
{
	__u64 skb = PT_REGS_PARM3(ctx);
	struct wgt_record *rec = tunnel_entered(skb);
	__u64 stack[STACK_ARGUMENTS];

	if (!rec)
		return 0;
	read_stack(ctx, stack);
	rec->outer.version = 6;
	bpf_probe_read_kernel(rec->outer.src, 16, (void *)PT_REGS_PARM5(ctx));
	bpf_probe_read_kernel(rec->outer.dst, 16, (void *)ctx->r9);
	rec->outer.tos = (__u8)stack[0];
	rec->outer.ttl = (__u8)stack[1];
	rec->outer.src_port = (__be16)stack[3];
	rec->outer.dst_port = (__be16)stack[4];
	rec->outer.len = payload_bytes(skb) + OUTER6_BYTES;
	return 0;
}

/* send.c: calculate_skb_padding() */
static __always_inline __u32 padded(__u32 len, __u32 mtu)
{
	__u32 last = len, whole;

	if (!mtu)
		return (len + 15) & ~15u;
	if (last > mtu)
		last %= mtu;
	whole = (last + 15) & ~15u;
	return len - last + (whole < mtu ? whole : mtu);
}

#define DATA_MESSAGE_BYTES (16 + 16) /* header, authentication tag */

/* The kprobe was skipped (bpf_prog_active: some task on this CPU was inside
 * bpf(2), seen on 7.3): addresses as send4/6 has them in hand, and the length
 * by WireGuard's own rule. Left unknown while the source is not set. */
static __always_inline void read_outer_from_endpoint(struct this_cpu *cpu, const void *endpoint,
						     const struct wg_device *wg)
{
	struct wgt_tuple *outer = &cpu->sending.outer;
	struct endpoint_bytes e = {};
	const __u32 *src = (const __u32 *)e.src;
	__u32 payload = padded(cpu->sending.inner.len, cpu->sending_mtu) + DATA_MESSAGE_BYTES;

	if (bpf_core_field_size(struct wg_peer, endpoint) != sizeof(e) ||
	    bpf_probe_read_kernel(&e, sizeof(e), endpoint))
		return;
	if (e.family == WGT_AF_INET && src[0]) {
		outer->version = 4;
		outer->len = payload + OUTER4_BYTES;
		__builtin_memcpy(outer->src, e.src, 4);
		__builtin_memcpy(outer->dst, &e.addr4, 4);
	} else if (e.family == WGT_AF_INET6 && (src[0] | src[1] | src[2] | src[3])) {
		outer->version = 6;
		outer->len = payload + OUTER6_BYTES;
		__builtin_memcpy(outer->src, e.src, 16);
		__builtin_memcpy(outer->dst, e.addr6, 16);
	} else {
		return;
	}
	outer->proto = IPPROTO_UDP;
	outer->src_port = bpf_htons(wg->incoming_port);
	outer->dst_port = e.port;
}

static __always_inline int sent(const struct wg_device *wg, __u64 id, void *endpoint, int ret)
{
	struct this_cpu *cpu = this_cpu();

	if (!cpu)
		return 0;
	/* The kprobe was skipped (bpf_prog_active) or is not attached: the
	 * record is still in the table, unless a new packet has the pointer. */
	if (cpu->sending_id != id && (!watched() || !take_for_sending(cpu, id)))
		return 0;
	/* With a peer: wgt_encrypt saw it, so its inner length is known. */
	if (!cpu->sending.outer.version && (cpu->sending.flags & WGT_F_PEER))
		read_outer_from_endpoint(cpu, endpoint, wg);
	if (!(cpu->sending.flags & WGT_F_PEER)) {
		/* For data messages the caller passes &peer->endpoint. */
		struct wg_peer *peer = endpoint - bpf_core_field_offset(struct wg_peer, endpoint);

		if (!bpf_probe_read_kernel(cpu->sending.peer, sizeof(cpu->sending.peer),
					   peer->handshake.remote_static))
			cpu->sending.flags |= WGT_F_PEER;
	}
	finish_sending(cpu, ret);
	return 0;
}

SEC("fexit")
int BPF_PROG(wgt_send4_ret, struct wg_device *wg, struct sk_buff *skb, void *endpoint, __u8 ds,
	     void *cache, int ret)
{
	return sent(wg, skb_id(skb), endpoint, ret);
}

SEC("fexit")
int BPF_PROG(wgt_send6_ret, struct wg_device *wg, struct sk_buff *skb, void *endpoint, __u8 ds,
	     void *cache, int ret)
{
	return sent(wg, skb_id(skb), endpoint, ret);
}

#endif
