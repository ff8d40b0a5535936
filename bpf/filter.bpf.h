/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A consumer's filter on the packet inside the tunnel: classic BPF as libpcap makes it, run step
 * by step as its bpf_filter() does it. A consumer that comes or goes loads nothing.
 */
#ifndef WGT_FILTER_BPF_H
#define WGT_FILTER_BPF_H

#include "kernel.bpf.h"
#include "maps.bpf.h"

/* Classic BPF (include/uapi/linux/bpf_common.h). */
#define CBPF_CLASS(code) ((code)&0x07)
#define CBPF_LD		 0x00
#define CBPF_LDX	 0x01
#define CBPF_ST		 0x02
#define CBPF_STX	 0x03
#define CBPF_ALU	 0x04
#define CBPF_JMP	 0x05
#define CBPF_RET	 0x06
#define CBPF_SIZE(code)	 ((code)&0x18)
#define CBPF_H		 0x08
#define CBPF_B		 0x10
#define CBPF_MODE(code)	 ((code)&0xe0)
#define CBPF_IMM	 0x00
#define CBPF_ABS	 0x20
#define CBPF_IND	 0x40
#define CBPF_MEM	 0x60
#define CBPF_LEN	 0x80
#define CBPF_MSH	 0xa0
#define CBPF_OP(code)	 ((code)&0xf0)
#define CBPF_X		 0x08 /* of ALU and JMP */
#define CBPF_A		 0x10 /* of RET */
#define CBPF_TXA	 0x80 /* of MISC; else TAX */

#define CBPF_MEMORY 16

struct filter_run {
	const struct wgt_filter *filter;
	__u64 packet;  /* address of its IP header */
	__u32 linear;  /* bytes that can be read there */
	__u32 length;  /* of the whole packet */
	__u32 a, x;    /* the machine's registers */
	__u32 next;    /* step */
	__u32 accepts; /* the answer */
	__u32 memory[CBPF_MEMORY];
};

/* Big endian. False: not there, which refuses the packet. */
static __always_inline bool filter_load(struct filter_run *r, __u32 code, __u64 at)
{
	__u8 b[4];

	if (CBPF_SIZE(code) == CBPF_B) {
		if (at + 1 > r->linear || bpf_probe_read_kernel(b, 1, (void *)(r->packet + at)))
			return false;
		r->a = b[0];
	} else if (CBPF_SIZE(code) == CBPF_H) {
		if (at + 2 > r->linear || bpf_probe_read_kernel(b, 2, (void *)(r->packet + at)))
			return false;
		r->a = (__u32)b[0] << 8 | b[1];
	} else {
		if (at + 4 > r->linear || bpf_probe_read_kernel(b, 4, (void *)(r->packet + at)))
			return false;
		r->a = (__u32)b[0] << 24 | (__u32)b[1] << 16 | (__u32)b[2] << 8 | b[3];
	}
	return true;
}

static __always_inline bool filter_ld(struct filter_run *r, __u32 code, __u32 k)
{
	switch (CBPF_MODE(code)) {
	case CBPF_ABS:
		return filter_load(r, code, k);
	case CBPF_IND:
		return filter_load(r, code, (__u64)r->x + k);
	case CBPF_LEN:
		r->a = r->length;
		return true;
	case CBPF_MEM:
		r->a = r->memory[k & (CBPF_MEMORY - 1)];
		return true;
	default:
		r->a = k;
		return true;
	}
}

static __always_inline bool filter_ldx(struct filter_run *r, __u32 code, __u32 k)
{
	__u8 first;

	switch (CBPF_MODE(code)) {
	case CBPF_MSH: /* the length of an IPv4 header */
		if (k >= r->linear || bpf_probe_read_kernel(&first, 1, (void *)(r->packet + k)))
			return false;
		r->x = (first & 15u) * 4;
		return true;
	case CBPF_LEN:
		r->x = r->length;
		return true;
	case CBPF_MEM:
		r->x = r->memory[k & (CBPF_MEMORY - 1)];
		return true;
	default:
		r->x = k;
		return true;
	}
}

static __always_inline bool filter_alu(struct filter_run *r, __u32 code, __u32 k)
{
	__u32 a = r->a, v = code & CBPF_X ? r->x : k;

	switch (CBPF_OP(code)) {
	case 0x00:
		a += v;
		break;
	case 0x10:
		a -= v;
		break;
	case 0x20:
		a *= v;
		break;
	case 0x30: /* by zero: refused; so is the remainder */
		if (!v)
			return false;
		a /= v;
		break;
	case 0x90:
		if (!v)
			return false;
		a %= v;
		break;
	case 0x40:
		a |= v;
		break;
	case 0x50:
		a &= v;
		break;
	case 0x60:
		a = v < 32 ? a << (v & 31) : 0;
		break;
	case 0x70:
		a = v < 32 ? a >> (v & 31) : 0;
		break;
	case 0x80:
		a = -a;
		break;
	case 0xa0:
		a ^= v;
		break;
	}
	r->a = a;
	return true;
}

static __always_inline __u32 filter_jump(const struct filter_run *r,
					 const struct wgt_filter_step *in)
{
	__u32 v = in->code & CBPF_X ? r->x : in->k;

	switch (CBPF_OP(in->code)) {
	case 0x10:
		return r->a == v ? in->jt : in->jf;
	case 0x20:
		return r->a > v ? in->jt : in->jf;
	case 0x30:
		return r->a >= v ? in->jt : in->jf;
	case 0x40:
		return r->a & v ? in->jt : in->jf;
	default:
		return in->k;
	}
}

/* 1: it has answered. */
static long filter_step(__u32 i, struct filter_run *r)
{
	const struct wgt_filter *f = r->filter;
	const struct wgt_filter_step *in;
	bool goes_on = true;

	if (!f)
		return 1;
	in = &f->step[r->next & (WGT_MAX_FILTER - 1)];
	r->next += 1 + f->zero;
	switch (CBPF_CLASS(in->code)) {
	case CBPF_LD:
		goes_on = filter_ld(r, in->code, in->k);
		break;
	case CBPF_JMP:
		r->next += filter_jump(r, in);
		break;
	case CBPF_RET:
		r->accepts = CBPF_MODE(in->code) == 0 && in->code & CBPF_A ? r->a : in->k;
		return 1;
	case CBPF_LDX:
		goes_on = filter_ldx(r, in->code, in->k);
		break;
	case CBPF_ALU:
		goes_on = filter_alu(r, in->code, in->k);
		break;
	case CBPF_ST:
		r->memory[in->k & (CBPF_MEMORY - 1)] = r->a;
		break;
	case CBPF_STX:
		r->memory[in->k & (CBPF_MEMORY - 1)] = r->x;
		break;
	default:
		if (in->code & CBPF_TXA)
			r->a = r->x;
		else
			r->x = r->a;
	}
	return goes_on ? 0 : 1;
}

/* Not 0: the consumer's filter takes the packet; all do that have no filter. */
static __always_inline __u32 filter_takes(__u32 consumer, __u64 packet, __u32 linear, __u32 length)
{
	struct filter_run r = {.packet = packet, .linear = linear, .length = length};

	r.filter = bpf_map_lookup_elem(&wgt_filters, &consumer);
	if (!r.filter || !r.filter->steps)
		return 1;
	r.next = r.filter->zero;
	bpf_loop(r.filter->steps, filter_step, &r, 0);
	return r.accepts;
}

#endif
