/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The record: what the kernel side writes about one packet on one host, and
 * the only struct that crosses the ring buffer. Included by BPF C and C++, so
 * it is the C99 subset both share. Layout is asserted in both compilers; a
 * change bumps WGT_ABI_VERSION, which the reader checks on every record.
 *
 * Times are CLOCK_MONOTONIC nanoseconds, 0 = hop not observed. Addresses and
 * ports are in network byte order, as on the wire; an IPv4 address fills the
 * first four bytes. Everything else is in host byte order.
 */
#ifndef WGT_ABI_RECORD_H
#define WGT_ABI_RECORD_H

#ifndef __bpf__
#include <linux/types.h>
#include <stddef.h>
#endif

#ifdef __cplusplus
#include <compare>
#define WGT_STATIC_ASSERT static_assert
#else
#define WGT_STATIC_ASSERT _Static_assert
#endif

#define WGT_ABI_VERSION 3

/* What a record is about. */
enum wgt_kind {
	WGT_TX = 1, /* a packet that this host sent, or failed to send */
	WGT_RX = 2, /* a data message that reached WireGuard on this host */
	/* Only the end of a packet, whose way was not seen; hop_ns[0] is when.
	 * Dropped by the host's own stack (tp kfree_skb: inner_out, outer_out,
	 * outer_in, inner_in), or by WireGuard before it was sent. Amends the
	 * WGT_TX or WGT_RX record with the same key, which may come before or
	 * after it; without a key it is all there is.
	 * Also NETWORK_REJECTED: an ICMP error that came back about an encrypted
	 * packet. Then outer is the quoted packet and inner the error itself,
	 * its src the host that rejects; id: the MTU that it asks for, if so.
	 * Also NETWORK_LOST: the first fragment of an encrypted packet came. The
	 * whole packet, if it comes, has a WGT_RX record. */
	WGT_DROP = 3,
	/* A step of a handshake; no packet of anybody's. verdict: enum wgt_hs
	 * (handshake.h). receiver_index: as in the message, 0 = none; counter: its
	 * sender index; WGT_HS_COMPLETED: those of the session. hop_ns[0]: when;
	 * [1]: when the initiation was made that it is about. outer: the message as
	 * it came. drop_reason: how many attempts there were by then; of
	 * WGT_HS_DROPPED_OUT and _IN the kernel's reason. peer: also the key of an
	 * unknown initiator. */
	WGT_HANDSHAKE = 4,
};

enum wgt_verdict {
#define WGT_VERDICT(number, name, id, side, stage, class, authenticated) WGT_V_##name = number,
#include "verdicts.def"
#undef WGT_VERDICT
	WGT_VERDICT_COUNT
};

enum wgt_cause {
	WGT_CAUSE_NONE = 0,
#define WGT_CAUSE(number, name, id) WGT_CAUSE_##name = number,
#include "causes.def"
#undef WGT_CAUSE
	WGT_CAUSE_COUNT
};

/* Places in wgt_record.hop_ns; TX and RX share the slots. */
enum wgt_hop {
	WGT_HOP_WG_XMIT = 0,
	WGT_HOP_ENCRYPT = 1,
	WGT_HOP_UDP_TUNNEL_XMIT = 2,
	WGT_HOP_OUTER_OUT = 3,

	WGT_HOP_OUTER_IN = 0,
	WGT_HOP_WG_RECEIVE = 1,
	WGT_HOP_DECRYPT = 2,
	WGT_HOP_REPLAY = 3,
	WGT_HOP_ALLOWED_IPS = 4,
	WGT_HOP_DELIVERED = 5,

	WGT_HOPS = 6
};

enum wgt_flags {
	WGT_F_KEY = 1 << 0,	   /* receiver_index and counter are valid */
	WGT_F_PEER = 1 << 1,	   /* peer is valid */
	WGT_F_GSO = 1 << 2,	   /* gso_segment of gso_segments is valid */
	WGT_F_PORT_MATCH = 1 << 3, /* WGT_DROP: the port is a traced device's own */
	WGT_F_INFERRED = 1 << 4,   /* the only explanation left, but not observed */
	WGT_F_TOO_OLD = 1 << 5,	   /* RX_REPLAY: behind the window; unset: a duplicate */
	WGT_F_MATCHED = 1 << 6,	   /* its reader's filter took the packet, in the kernel */
};

/* A device, for as long as the host is up: network namespace inode, ifindex. */
struct wgt_device_key {
	__u32 netns;
	__u32 ifindex;
#ifdef __cplusplus
	friend auto operator<=>(const wgt_device_key &, const wgt_device_key &) = default;
#endif
};

/* tcp_flags of an inner packet that is UDP and holds a data message of WireGuard: of a tunnel in
 * a tunnel, by all that can be seen. */
#define WGT_CARRIES_MESSAGE 4

/* An IP packet's addresses and ports. version 0 = not known. */
struct wgt_tuple {
	__u8 src[16];
	__u8 dst[16];
	__be16 src_port; /* ICMP: type in the first byte, code in the second */
	__be16 dst_port; /* ICMP echo: identifier; protocols without ports: 0 */
	__u8 version;	 /* 4, 6, 0 */
	__u8 proto;	 /* IPPROTO_… of the first non-extension header */
	__u16 id;	 /* ICMP echo: sequence number; else IPv4 identification */
	__u32 len;	 /* bytes of the whole IP packet */
	__u32 seq;	 /* TCP sequence number; of a carried message (below) the lower half of its
			  * number; else 0 */
	__u8 tcp_flags;	 /* as on the wire; UDP: WGT_CARRIES_MESSAGE, or 0; else 0 */
	__u8 ttl;	 /* hop limit */
	__u8 tos;	 /* traffic class */
	__u8 zero;
};

struct wgt_record {
	__u16 abi;	      /* WGT_ABI_VERSION */
	__u8 kind;	      /* enum wgt_kind */
	__u8 verdict;	      /* enum wgt_verdict; WGT_TX that left the host: UNKNOWN */
	__u32 flags;	      /* enum wgt_flags */
	__u32 receiver_index; /* as __le32 on the wire, read as little endian */
	__u16 gso_segment;    /* 0-based place in the super-packet */
	__u16 gso_segments;
	__u64 counter;
	struct wgt_device_key device;
	__u64 hop_ns[WGT_HOPS];
	struct wgt_tuple inner;
	struct wgt_tuple outer;
	__u8 peer[32];	     /* the other end's public key */
	__u32 drop_reason;   /* inner_out, outer_out, outer_in, inner_in: enum skb_drop_reason
			      * of this kernel; network.rejected: WGT_REJECTION();
			      * else enum wgt_cause; 0 = none */
	__s32 error;	     /* negative errno where the verdict has one. WGT_DROP: key of
			      * the kernel's stack in map wgt_stacks, 0 = none */
	__u64 drop_location; /* kernel address that freed the packet, 0 = none. TX_WAITING: since
			      * when a handshake with the peer is tried */
};

/* wgt_record.drop_reason of an ICMP error: IP version, type << 8 | code. */
#define WGT_REJECTION(version, type_code) ((__u32)(version) << 16 | (type_code))
#define WGT_FRAGMENTATION_NEEDED	  WGT_REJECTION(4, 3u << 8 | 4u)
#define WGT_PACKET_TOO_BIG		  WGT_REJECTION(6, 2u << 8)
/* Set with these two if the sender's own stack dropped the error: it learns no size. */
#define WGT_ICMP_DROPPED_LOCALLY (1u << 24)

WGT_STATIC_ASSERT(sizeof(struct wgt_device_key) == 8, "wgt_device_key");
WGT_STATIC_ASSERT(sizeof(struct wgt_tuple) == 52, "wgt_tuple has no holes");
WGT_STATIC_ASSERT(sizeof(struct wgt_record) == 232, "wgt_record has no holes");
#define WGT_OFFSET_IS(field, offset)                                                               \
	WGT_STATIC_ASSERT(offsetof(struct wgt_record, field) == (offset), "offset of " #field)
#ifndef offsetof
#define offsetof(type, member) __builtin_offsetof(type, member)
#endif
WGT_OFFSET_IS(flags, 4);
WGT_OFFSET_IS(counter, 16);
WGT_OFFSET_IS(device, 24);
WGT_OFFSET_IS(hop_ns, 32);
WGT_OFFSET_IS(inner, 80);
WGT_OFFSET_IS(outer, 132);
WGT_OFFSET_IS(peer, 184);
WGT_OFFSET_IS(drop_reason, 216);
WGT_OFFSET_IS(drop_location, 224);

#endif
