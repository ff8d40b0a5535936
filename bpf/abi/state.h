/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What stays in pinned maps between the kernel side and the commands: traced
 * devices, consumers, losses, drop counts, sessions. Times are
 * CLOCK_MONOTONIC nanoseconds unless said otherwise.
 */
#ifndef WGT_ABI_STATE_H
#define WGT_ABI_STATE_H

#include "filter.h"
#include "record.h"

/* Of what is pinned: raised by every change of a struct here or in handshake.h, so
 * that a program meets no maps of another version. Up to 3 it was WGT_ABI_VERSION. */
#define WGT_STATE_VERSION 8

#define WGT_MAX_DEVICES	  1024
#define WGT_MAX_CONSUMERS 32 /* bits of wgt_config.consumers */
#define WGT_MAX_DROPS	  16384
#define WGT_MAX_SESSIONS  32768
/* Slots of peer totals: a power of two; a peer's slot is its internal_id. */
#define WGT_PEER_SLOTS	    1024
#define WGT_MAX_STACKS	    512
#define WGT_STACK_DEPTH	    32
#define WGT_LATENCY_BUCKETS 24 /* bucket b: [2^(b+8), 2^(b+9)) ns; the ends are open */

/* Set before the load, from /proc/kallsyms: where tp kfree_skb can say that a
 * packet was freed. begin == end: not known. */
struct wgt_range {
	__u64 begin;
	__u64 end;
};
#define WGT_FINAL_RECEIVE 5
struct wgt_constants {
	struct wgt_range wg_xmit;
	struct wgt_range send4;
	struct wgt_range send6;
	struct wgt_range wg_receive;
	/* Frees what hangs on a packet, such as the ones GRO merged into it. */
	struct wgt_range skb_release_data;
	/* Where protocols end a packet's way: what these free as dropped without a
	 * reason, they have dealt with (an ACK in TIME_WAIT, an answered ping). */
	struct wgt_range final_receive[WGT_FINAL_RECEIVE];
	struct wgt_range icmp_receive[2];
	/* Where WireGuard gives up packets it had taken. kfree_skb_list_reason: 6.1
	 * names it instead of its caller. */
	struct wgt_range send_staged;
	struct wgt_range tx_worker;
	struct wgt_range purge_staged;
	struct wgt_range kfree_skb_list;
};

/* Map wgt_config, one entry. Written by the commands. */
struct wgt_config {
	__u32 abi;	  /* WGT_STATE_VERSION of whoever loaded the programs */
	__u32 seed_tgid;  /* whose GET_DEVICE dump fills wgt_sessions, see wgt_consumer */
	__u32 consumers;  /* bit i: consumer i wants records */
	__u32 handshakes; /* bit i: consumer i wants records of kind WGT_HANDSHAKE too */
	__u32 stacks;	  /* bit i: consumer i wants the kernel's stack with drops */
	__u32 seed_pidns;
	__u32 filters;	/* bit i: consumer i has a filter, in wgt_filters */
	__u32 samples;	/* bit i: consumer i wants a sample of what is no drop */
	__u32 carriers; /* bit i: consumer i wants what carries messages, of any device and
			 * whatever its filter says */
	__u32 zero;
	__u64 self; /* this entry's own address, written by wgt_seed */
};

/* Map wgt_devices: what is traced. */
struct wgt_device {
	__u64 up_ns;
	__u64 rx_errors; /* the interface's own counter at that time */
	/* Where its encrypted packets are: the namespace that it was made in,
	 * which it may have left since. 0 until wgt_seed has written it. */
	__u32 outer_netns;
	__u32 zero;
	/* When a packet was last seen to wait for a handshake, to 3 s: the kernel side tells
	 * of those while a consumer dumps the device. */
	__u64 waits_ns;
};

/* Map wgt_consumers: one slot per watch, record or session. */
struct wgt_consumer {
	struct wgt_device_key device; /* ifindex 0: every traced device */
	__u32 tgid;		      /* its process, as the namespace below counts; 0: free */
	__u32 pidns;		      /* inode of its process namespace */
};

/* Where a record can vanish; indexes of map wgt_losses (per CPU, u64). */
enum wgt_loss {
#define WGT_LOSS(name, id, what) WGT_LOSS_##name,
#define WGT_OWN_LOSS(name, id)
#include "losses.def"
#undef WGT_OWN_LOSS
#undef WGT_LOSS
	WGT_LOSS_RING0, /* + consumer number: RING of losses.def */
	WGT_LOSSES = WGT_LOSS_RING0 + WGT_MAX_CONSUMERS
};

/* Map wgt_drops: drops counted whether or not anybody watches. */
struct wgt_drop_key {
	struct wgt_device_key device;
	__u8 peer[32]; /* zero: no peer is known to be meant */
	__u32 verdict; /* enum wgt_verdict */
	__u32 reason;  /* as wgt_record.drop_reason */
};
struct wgt_drop_count {
	__u64 count;
	__u64 last_ns;
	struct wgt_tuple inner;
	struct wgt_tuple outer;
};

/* Map wgt_peer_totals, per CPU. A slot belongs to the peer that took it first;
 * peer_id is wg_peer.internal_id, 0 = free. */
struct wgt_peer_totals {
	__u64 peer_id;
	__u64 decrypted;		       /* data packets that decrypt_packet accepted */
	__u64 source_looked;		       /* data packets that reached the AllowedIPs check */
	__u32 tx_latency[WGT_LATENCY_BUCKETS]; /* wg_xmit to outer_out, while watched */
	__u32 rx_latency[WGT_LATENCY_BUCKETS]; /* wg_receive to delivered, while watched */
};

/* Map wgt_sessions: filled by wgt_seed from the kernel's own lists. */
struct wgt_session_key {
	struct wgt_device_key device;
	__u8 peer[32];
	__u32 place; /* 0 current, 1 previous, 2 next, 3 the peer itself */
	__u32 zero;
};
struct wgt_session {
	__u64 peer_id;
	__u32 local_index;	/* receiver index of packets that arrive here */
	__u32 remote_index;	/* receiver index of packets sent from here */
	__u64 sent_counter;	/* next number to send */
	__u64 received_counter; /* one above the highest number accepted */
	__u64 birth_boot_ns;	/* CLOCK_BOOTTIME */
	__u32 i_am_initiator;
	__u32 zero;
};

WGT_STATIC_ASSERT(sizeof(struct wgt_config) == 48, "wgt_config");
WGT_STATIC_ASSERT(sizeof(struct wgt_device) == 32, "wgt_device");
WGT_STATIC_ASSERT(sizeof(struct wgt_consumer) == 16, "wgt_consumer");
WGT_STATIC_ASSERT(sizeof(struct wgt_drop_key) == 48, "wgt_drop_key");
WGT_STATIC_ASSERT(sizeof(struct wgt_drop_count) == 120, "wgt_drop_count");
WGT_STATIC_ASSERT(sizeof(struct wgt_peer_totals) == 216, "wgt_peer_totals");
WGT_STATIC_ASSERT(sizeof(struct wgt_session_key) == 48, "wgt_session_key");
WGT_STATIC_ASSERT(sizeof(struct wgt_session) == 48, "wgt_session");

#endif
