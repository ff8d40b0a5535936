/* SPDX-License-Identifier: GPL-2.0-only */
/* Headers of an skb -> wgt_tuple, and WireGuard's own header. */
#ifndef WGT_PACKET_BPF_H
#define WGT_PACKET_BPF_H

#include "kernel.bpf.h"
#include "abi/record.h"

#define IPPROTO_HOPOPTS	 0
#define IPPROTO_ICMP	 1
#define IPPROTO_TCP	 6
#define IPPROTO_UDP	 17
#define IPPROTO_ROUTING	 43
#define IPPROTO_FRAGMENT 44
#define IPPROTO_ICMPV6	 58
#define IPPROTO_DSTOPTS	 60

#define UDP_BYTES 8
/* From the IP header up to WireGuard's, nearly always. */
#define OUTER4_BYTES (20 + UDP_BYTES)
#define OUTER6_BYTES (40 + UDP_BYTES)
#define ICMP_BYTES   8
#define TCP_RST	     0x04
#define L4_BYTES     14 /* up to the TCP flags */

static __always_inline bool same_address(const __u8 *a, const __u8 *b)
{
	const __u32 *x = (const __u32 *)a, *y = (const __u32 *)b;

	return x[0] == y[0] && x[1] == y[1] && x[2] == y[2] && x[3] == y[3];
}

/* By words: a memcpy between bytes would copy bytes. */
static __always_inline void copy_address(__u8 *to, const __u8 *from)
{
	__u32 *x = (__u32 *)to;
	const __u32 *y = (const __u32 *)from;

	x[0] = y[0];
	x[1] = y[1];
	x[2] = y[2];
	x[3] = y[3];
}

static __always_inline __u16 be16_at(const __u8 *p)
{
	return (__u16)(p[0] << 8 | p[1]);
}

static __always_inline void read_l4(struct wgt_tuple *t, const __u8 *l4)
{
	if (t->proto == IPPROTO_TCP || t->proto == IPPROTO_UDP) {
		__builtin_memcpy(&t->src_port, l4, 2);
		__builtin_memcpy(&t->dst_port, l4 + 2, 2);
		if (t->proto == IPPROTO_TCP) {
			t->seq = (__u32)be16_at(l4 + 4) << 16 | be16_at(l4 + 6);
			t->tcp_flags = l4[13];
		}
	} else if (t->proto == IPPROTO_ICMP || t->proto == IPPROTO_ICMPV6) {
		__builtin_memcpy(&t->src_port, l4, 2);
		__builtin_memcpy(&t->dst_port, l4 + 4, 2);
		t->id = be16_at(l4 + 6);
	}
}

/* Skips up to four IPv6 extension headers; returns the offset of the transport
 * header, or 0 if there is none to read (a later fragment, an unknown chain). */
static __noinline __u32 skip_ipv6_extensions(__u64 ip, __u32 avail, __u8 *proto)
{
	__u32 offset = 40;
	__u8 next;

	if (!proto)
		return 0;
	next = *proto;

	for (int i = 0; i < 4; i++) {
		__u8 ext[4];

		if (next != IPPROTO_HOPOPTS && next != IPPROTO_ROUTING &&
		    next != IPPROTO_FRAGMENT && next != IPPROTO_DSTOPTS)
			break;
		if (offset + 8 > avail ||
		    bpf_probe_read_kernel(ext, sizeof(ext), (void *)(ip + offset)))
			return 0;
		if (next == IPPROTO_FRAGMENT && (be16_at(ext + 2) & 0xfff8))
			return 0;
		offset += next == IPPROTO_FRAGMENT ? 8 : (ext[1] + 1) * 8;
		next = ext[0];
	}
	*proto = next;
	return offset;
}

/* An IP header and some of what follows, copied: as many bytes of it as were to be
 * had, the others zero. */
#define HEADER_BYTES 64
struct headers {
	__u8 bytes[HEADER_BYTES];
} __attribute__((aligned(8)));

/* How many bytes at ip were copied; avail of them are linear. */
static __always_inline __u64 copy_headers(struct headers *to, const unsigned char *ip, __u64 avail)
{
	if (avail > HEADER_BYTES)
		avail = HEADER_BYTES;
	asm volatile("" : "+r"(avail)); /* the verifier must see the bound kept */
	if (avail < 20 || bpf_probe_read_kernel(to->bytes, avail, ip))
		return 0;
	return avail;
}

/* Fills t from the avail bytes that were copied from ip. Leaves t->version 0 if that is
 * no IP header. t must be zero before. */
static __always_inline void parse_tuple(struct wgt_tuple *t, const struct headers *copied,
					__u64 avail, const unsigned char *ip)
{
	const __u8 *h = copied->bytes;
	__u32 l4;

	if (avail < 20)
		return;
	if (h[0] >> 4 == 4) {
		t->version = 4;
		t->tos = h[1];
		t->len = be16_at(h + 2);
		t->id = be16_at(h + 4);
		t->ttl = h[8];
		t->proto = h[9];
		__builtin_memcpy(t->src, h + 12, 4);
		__builtin_memcpy(t->dst, h + 16, 4);
		l4 = (h[0] & 15) * 4;
		if ((be16_at(h + 6) & 0x1fff) || l4 < 20)
			return;
		if (l4 == 20 && avail >= 20 + 8) {
			read_l4(t, h + 20);
			return;
		}
	} else if (h[0] >> 4 == 6 && avail >= 40) {
		t->version = 6;
		t->tos = (__u8)(be16_at(h) >> 4);
		t->len = be16_at(h + 4) + 40;
		t->proto = h[6];
		t->ttl = h[7];
		copy_address(t->src, h + 8);
		copy_address(t->dst, h + 24);
		if ((t->proto == IPPROTO_TCP || t->proto == IPPROTO_UDP ||
		     t->proto == IPPROTO_ICMPV6) &&
		    avail >= 40 + 8) {
			read_l4(t, h + 40);
			return;
		}
		l4 = skip_ipv6_extensions((__u64)ip, (__u32)avail, &t->proto);
		if (!l4)
			return;
	} else {
		return;
	}
	/* IP options or extension headers: the transport header is elsewhere. */
	__u8 far[L4_BYTES] = {};

	if (!bpf_probe_read_kernel(far, sizeof(far), ip + l4))
		read_l4(t, far);
}

/* Both. */
static __always_inline void read_tuple(struct wgt_tuple *t, const unsigned char *ip, __u64 avail)
{
	struct headers h = {};

	parse_tuple(t, &h, copy_headers(&h, ip, avail), ip);
}

/* Is the tuple's packet a data message of WireGuard? h: its headers; what was not copied is 0.
 * Behind 20 bytes of IPv4 a message lies at a multiple of four only: read in words. */
static __always_inline void note_message(struct wgt_tuple *t, const struct headers *h)
{
	const __u8 *m = h->bytes + (t->version == 4 ? OUTER4_BYTES : OUTER6_BYTES);

	if (t->proto != IPPROTO_UDP || *(const __u32 *)m != MESSAGE_DATA)
		return;
	t->tcp_flags = WGT_CARRIES_MESSAGE;
	t->seq = *(const __u32 *)(m + offsetof(struct message_data, counter));
}

/* The same of a packet in the tunnel, which may itself be a tunnel's. */
static __always_inline void read_inner(struct wgt_tuple *t, const unsigned char *ip, __u64 avail)
{
	struct headers h = {};

	parse_tuple(t, &h, copy_headers(&h, ip, avail), ip);
	note_message(t, &h);
}

/* Both for rare paths: the buffers are not in the caller's frame. */
VERIFIED_ONCE int read_tuple_at(struct wgt_tuple *t, __u64 ip, __u64 avail)
{
	if (t)
		read_tuple(t, (void *)ip, avail);
	return 0;
}

VERIFIED_ONCE int read_inner_at(struct wgt_tuple *t, __u64 ip, __u64 avail)
{
	if (t)
		read_inner(t, (void *)ip, avail);
	return 0;
}

/* a - b in one instruction: to 7.3's verifier skb->data is a pointer, and it
 * refuses what the compiler makes of the sum this is a part of. */
static __always_inline __s64 distance(const void *a, const void *b)
{
	__s64 d;

	asm volatile("%0 = %1\n%0 -= %2" : "=&r"(d) : "r"(a), "r"(b));
	return d;
}

/* An argument (or the result) of a hooked function as a number: the verifier lets
 * us do anything with it, and nothing hot. */
static __always_inline __u64 argument(const void *ctx, __u32 place)
{
	__u64 value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), (const __u64 *)ctx + place);
	return value;
}

/* Linear bytes of skb from an address on, which may lie before skb->data. */
static __always_inline __u64 linear_after(const struct sk_buff *skb, const unsigned char *from)
{
	__s64 n = distance(skb->data, from) + (skb->len - skb->data_len);

	return n < 0 ? 0 : (__u64)n;
}

/* The same by numbers. */
static __always_inline __u64 linear_of(__u64 skb_address, __u64 from)
{
	struct sk_buff *skb = (void *)skb_address;
	__s64 n = (__s64)((__u64)BPF_CORE_READ(skb, data) - from) + BPF_CORE_READ(skb, len) -
		  BPF_CORE_READ(skb, data_len);

	return n < 0 ? 0 : (__u64)n;
}

static __always_inline void read_inner_at_data(struct wgt_tuple *t, const struct sk_buff *skb)
{
	read_inner(t, skb->data, skb->len - skb->data_len);
}

/* The 16 clear bytes of a data message. False if p points at something else. */
static __always_inline bool read_data_header(struct message_data *m, const unsigned char *p,
					     __u64 avail)
{
	if (avail < sizeof(*m) || bpf_probe_read_kernel(m, sizeof(*m), p))
		return false;
	return m->type == MESSAGE_DATA;
}

/* drivers/net/wireguard/send.c: calculate_skb_padding(); mtu 0: no limit */
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

static __always_inline void set_key(struct wgt_record *rec, __u32 receiver_index, __u64 counter)
{
	rec->receiver_index = receiver_index;
	rec->counter = counter;
	rec->flags |= WGT_F_KEY;
}

#endif
