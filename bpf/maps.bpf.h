/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The maps that packets need; those of handshakes and of seeding stand where they
 * are used. All are pinned under their own names, so that the watched set, loaded
 * later by another process, shares them with the always set.
 */
#ifndef WGT_MAPS_BPF_H
#define WGT_MAPS_BPF_H

#include "abi/state.h"

const volatile struct wgt_constants constants;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wgt_config);
} wgt_config SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, WGT_MAX_DEVICES);
	__type(key, struct wgt_device_key);
	__type(value, struct wgt_device);
} wgt_devices SEC(".maps");

/* Network namespaces with a traced device or its encrypted packets: inode -> the
 * ifindex of one such device. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, WGT_MAX_DEVICES);
	__type(key, __u32);
	__type(value, __u32);
} wgt_netns SEC(".maps");

/* What only the kernel knows of a device, learnt by wgt_seed: the address of
 * its index_hashtable -> device; and its listen port -> device. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, WGT_MAX_DEVICES);
	__type(key, __u64);
	__type(value, struct wgt_device_key);
} wgt_tables SEC(".maps");

struct wgt_port_key {
	__u32 netns;
	__u32 port; /* host order */
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, WGT_MAX_DEVICES);
	__type(key, struct wgt_port_key);
	__type(value, struct wgt_device_key);
} wgt_ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, WGT_MAX_DROPS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct wgt_drop_key);
	__type(value, struct wgt_drop_count);
} wgt_drops SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WGT_PEER_SLOTS);
	__type(key, __u32);
	__type(value, struct wgt_peer_totals);
} wgt_peer_totals SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, WGT_MAX_SESSIONS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct wgt_session_key);
	__type(value, struct wgt_session);
} wgt_sessions SEC(".maps");

/* Sessions that ended: of which peer, and why. Bounded: the oldest are forgotten,
 * and then only the reason is not told. */
struct wgt_index_key {
	struct wgt_device_key device;
	__u32 index;
};
struct wgt_ended_session {
	__u32 cause; /* enum wgt_cause */
	__u8 peer[32];
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct wgt_index_key);
	__type(value, struct wgt_ended_session);
} wgt_ended_sessions SEC(".maps");

/* Ways into a drop, by their hash; none is ever forgotten, so that a key in a
 * record means what it meant. Full: the stack is not told. */
struct wgt_stack {
	__u64 address[WGT_STACK_DEPTH]; /* the innermost first; 0: no more */
};
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, WGT_MAX_STACKS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, struct wgt_stack);
} wgt_stacks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WGT_LOSSES);
	__type(key, __u32);
	__type(value, __u64);
} wgt_losses SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, WGT_MAX_CONSUMERS);
	__type(key, __u32);
	__type(value, struct wgt_consumer);
} wgt_consumers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, WGT_MAX_CONSUMERS);
	__type(key, __u32);
	__type(value, struct wgt_filter);
} wgt_filters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WGT_MAX_CONSUMERS *WGT_LEFT_OUT);
	__type(key, __u32);
	__type(value, __u64);
} wgt_left_out SEC(".maps");

struct wgt_ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20);
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, WGT_MAX_CONSUMERS);
	__uint(key_size, sizeof(__u32));
	__array(values, struct wgt_ring);
} wgt_rings SEC(".maps");

/* Ids of the bpf_links of the watched set. The first consumer attaches and
 * writes them here, later ones take hold of the same links; nothing is pinned,
 * so the kernel detaches the set when the last consumer is gone, however. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u32);
} wgt_links SEC(".maps");

/* Packets in flight through WireGuard, one table a direction: on a host with
 * both ends one skb pointer can be in both at once. */
#define FLIGHT_SLOTS 8192 /* a power of two; 1024 packets queue per peer */

enum flight_state {
	TX_ENTERED = 1, /* wg_xmit saw it; it has no number yet */
	TX_NUMBERED,	/* encrypt_packet saw it */
	RX_RECEIVED,
	RX_DECRYPTED,
	RX_REFUSED, /* decrypt_packet said no */
	RX_ACCEPTED,
	RX_LOOKED, /* its source is in the peer's AllowedIPs */
};

#define PLAIN_UNSEEN (~0u) /* its IP header was not linear */

/* What the consumers' filters say of a packet: bits of consumers. */
struct wgt_choice {
	__u32 matched;
	__u32 refused;
};

struct flight {
	__u64 id; /* owner, see skb_id(); 0 = free. Taken by compare-and-swap */
	__u64 touched_ns;
	union {
		__u64 keypair;		/* RX */
		__u64 reported_waiting; /* TX: as tx.waiting */
	};
	__u64 peer_id;
	__u32 state;
	union {
		__u32 plain_len; /* RX: bytes after decryption; 0 = keepalive, or below */
		__u32 mtu;	 /* TX: up to where WireGuard pads; 0 = no limit */
	};
	struct wgt_choice choice;
	struct wgt_record rec;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FLIGHT_SLOTS);
	__type(key, __u32);
	__type(value, struct flight);
} wgt_tx_flight SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FLIGHT_SLOTS);
	__type(key, __u32);
	__type(value, struct flight);
} wgt_rx_flight SEC(".maps");

/* What each peer's rx_queue gave last, whose end may not have been seen yet. By
 * a hash of the queue's address; two busy peers in one slot are counted. */
#define QUEUE_SLOTS 4096

struct polled_queue {
	__u64 queue;
	__u64 packet;	/* id; 0 = none */
	__u64 since_ns; /* its flight's touched_ns: ids come back */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, QUEUE_SLOTS);
	__type(key, __u32);
	__type(value, struct polled_queue);
} wgt_polled SEC(".maps");

/* The packet that each peer's full staged queue was last seen to push out. It may
 * still be in the queue: wg_xmit frees it after the look. By internal_id. */
#define PUSHED_SLOTS 1024

struct pushed_out {
	__u64 peer_id;
	__u64 packet; /* id */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, PUSHED_SLOTS);
	__type(key, __u32);
	__type(value, struct pushed_out);
} wgt_pushed SEC(".maps");

/* What one CPU is busy with. The hooks that share a field run with bottom
 * halves off (wg_xmit, send4/send6 under endpoint_lock, wg_packet_receive), so it cannot change
 * under them. */
struct this_cpu {
	/* Ids of packets (skb_id). */
	__u64 sending_id;   /* handed to udp_tunnel_xmit_skb or freed in send4/6 */
	__u64 dying_id;	    /* freed in wg_xmit; its tuple is in dying */
	__u64 receiving_id; /* inside wg_packet_receive */
	__u64 sending_peer_id;
	__u64 purged_peer; /* whose staged queue is being emptied, and why */
	__u32 purge_cause;
	__u32 sending_mtu;
	__u32 looped; /* sending_id's packet came back into its own tunnel */
	__u32 zero;
	struct wgt_tuple dying;
	struct wgt_choice dying_choice;
	struct wgt_choice sending_choice;
	struct wgt_record sending;
	struct wgt_record refused;	/* by wg_xmit, which can run inside send4 */
	struct wgt_record dropped;	/* by kfree_skb, which can run inside both */
	struct wgt_record waiting;	/* by wgt_seed, which never runs twice on a CPU */
	struct wgt_stack stack;		/* of dropped */
	struct wgt_drop_count none_yet; /* stays zero */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct this_cpu);
} wgt_this_cpu SEC(".maps");

#endif
