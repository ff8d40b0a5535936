/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The end of the send path: udp_tunnel_xmit_skb -> send4/6 returns. There the
 * record moves from the table to this CPU, because by the time send4 returns the
 * skb may be freed, reused and back in wg_xmit on another CPU.
 */
#ifndef WGT_SEND_BPF_H
#define WGT_SEND_BPF_H

#include "flight.bpf.h"
#include "packet.bpf.h"

/* Writes out what this CPU was sending. ret: what send4 or send6 returned. */
static __always_inline void finish_sending(struct this_cpu *cpu, int ret)
{
	struct wgt_record *rec = &cpu->sending;

	rec->error = ret;
	if (ret == -WGT_ENONET) {
		rec->verdict = WGT_V_TX_NO_SOCKET;
	} else if (ret < 0) {
		rec->verdict = WGT_V_TX_NO_ROUTE;
	} else if (cpu->looped) {
		rec->hop_ns[WGT_HOP_OUTER_OUT] = bpf_ktime_get_ns();
		rec->verdict = WGT_V_TX_LOOP;
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
	emit(rec, &cpu->sending_choice);
	cpu->sending_id = 0;
	cpu->looped = 0;
}

/* Moves a packet's record from its slot (NULL: it has none) to this CPU. False: not
 * one of ours. */
static __always_inline bool take_from(struct flight *f, struct this_cpu *cpu, __u64 id)
{
	if (!f || f->state != TX_NUMBERED)
		return false;
	if (cpu->sending_id) /* the return of its send4 was not seen */
		emit(&cpu->sending, &cpu->sending_choice);
	__builtin_memcpy(&cpu->sending, &f->rec, sizeof(f->rec));
	cpu->sending_choice = f->choice;
	cpu->sending_peer_id = f->peer_id;
	cpu->sending_mtu = f->mtu;
	cpu->sending_id = id;
	cpu->looped = 0;
	flight_release(f);
	return true;
}

static __always_inline bool take_for_sending(struct this_cpu *cpu, __u64 id)
{
	return take_from(flight_find(&wgt_tx_flight, id), cpu, id);
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
	__u64 id = skb_id_at(skb);
	struct flight *f = flight_find(&wgt_tx_flight, id);
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
	if (!cpu || !take_from(f, cpu, id))
		return NULL;
	cpu->sending.hop_ns[WGT_HOP_UDP_TUNNEL_XMIT] = bpf_ktime_get_ns();
	cpu->sending.outer.proto = IPPROTO_UDP;
	return &cpu->sending;
}

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
