/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's and WireGuard's structs as far as we read them. Fields are found
 * by name in the running kernel's BTF (CO-RE), so order and offsets here mean
 * nothing; only names and types do. Checked on 6.1, 6.12 and 7.3.
 */
#ifndef WGT_KERNEL_BPF_H
#define WGT_KERNEL_BPF_H

/* A function that is not static the verifier looks into once, whatever its callers know: to
 * it arguments are any numbers, and pointers to whole structs or NULL. Without it wgt_drop
 * alone took 0.6 s to verify. */
#define VERIFIED_ONCE __noinline

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
};

struct pid_namespace {
	struct ns_common ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

typedef struct {
	struct net *net;
} possible_net_t;

struct net_device {
	unsigned long state;
	int ifindex;
	possible_net_t nd_net;
};

struct dst_entry {
	struct net_device *dev;
};

struct sk_buff {
	struct sk_buff *next;
	struct net_device *dev;
	char cb[48];
	unsigned long _skb_refdst;
	unsigned int len;
	unsigned int data_len;
	__u8 pkt_type : 3;
	__u8 l4_hash : 1;
	__u8 sw_hash : 1;
	int skb_iif;
	__u8 cloned : 1;
	__u16 transport_header;
	__u16 network_header;
	unsigned int end;
	__u16 inner_network_header;
	unsigned char *head;
	unsigned char *data;
};

typedef struct {
	int counter;
} atomic_t;

struct signal_struct {
	atomic_t live;
	struct pid *pids[4];
};

struct task_struct {
	struct signal_struct *signal;
};

typedef struct {
	char opaque[16];
} skb_frag_t;

struct skb_shared_info {
	__u8 nr_frags;
	struct sk_buff *frag_list;
	atomic_t dataref;
	skb_frag_t frags[17];
};

struct sk_buff_head {
	struct sk_buff *next;
	__u32 qlen;
	struct {
		int unused;
	} lock;
};

struct list_head {
	struct list_head *next;
};

struct netlink_callback {
	long args[6];
};

struct prev_queue {
	struct sk_buff *peeked;
	atomic_t count;
};

struct wg_device;
struct noise_keypair;

struct noise_keypairs {
	struct noise_keypair *current_keypair;
	struct noise_keypair *previous_keypair;
	struct noise_keypair *next_keypair;
};

struct noise_handshake {
	__u8 remote_static[32];
};

struct endpoint;

struct napi_struct {
	int weight;
};

struct wg_peer {
	struct wg_device *device;
	struct prev_queue tx_queue, rx_queue;
	struct sk_buff_head staged_packet_queue;
	bool is_dead;
	struct noise_keypairs keypairs;
	struct {
		int unused;
	} endpoint;
	struct noise_handshake handshake;
	struct napi_struct napi;
	struct list_head peer_list;
	__u64 internal_id;
};

/* drivers/net/wireguard/peerlookup.h */
enum index_hashtable_type {
	INDEX_HASHTABLE_HANDSHAKE = 1,
	INDEX_HASHTABLE_KEYPAIR = 2,
};

struct index_hashtable_entry {
	struct wg_peer *peer;
	enum index_hashtable_type type;
	__u32 index; /* __le32, as on the wire */
};

struct noise_symmetric_key {
	__u64 birthdate;
	bool is_valid;
};

struct noise_replay_counter {
	__u64 counter;
};

typedef struct {
	long counter;
} atomic64_t;

struct noise_keypair {
	struct index_hashtable_entry entry;
	struct noise_symmetric_key sending;
	atomic64_t sending_counter;
	struct noise_symmetric_key receiving;
	struct noise_replay_counter receiving_counter;
	__u32 remote_index; /* __le32, as on the wire */
	bool i_am_the_initiator;
};

struct index_hashtable {
	int unused;
};

struct allowedips {
	__u64 seq;
};

struct wg_device {
	struct net_device *dev;
	struct allowedips peer_allowedips;
	struct net *creating_net;
	struct index_hashtable *index_hashtable;
	struct list_head peer_list;
	__u16 incoming_port;
};

#pragma clang attribute pop

/* Numbered anew in every kernel; read with bpf_core_enum_value(). */
enum skb_drop_reason {
	SKB_DROP_REASON_NOT_SPECIFIED = 2,
	SKB_DROP_REASON_NO_SOCKET = 3,
	SKB_DROP_REASON_SOCKET_RCVBUFF = 6,
	SKB_DROP_REASON_PROTO_MEM = 34,
	SKB_DROP_REASON_CPU_BACKLOG = 46,
};

/* drivers/net/wireguard/queueing.h, struct packet_cb in skb->cb; read as
 * scratch space because skb->cb has no type of its own in BTF. */
#define PACKET_CB_NONCE	  0
#define PACKET_CB_KEYPAIR 8
#define PACKET_CB_STATE	  16
#define PACKET_CB_MTU	  20

/* drivers/net/wireguard/queueing.h, enum packet_state */
#define PACKET_STATE_DEAD 2

#define MAX_STAGED_PACKETS 128
#define MAX_QUEUED_PACKETS 1024

/* include/uapi/linux/if_packet.h */
#define PACKET_OUTGOING 4

/* drivers/net/wireguard/peer.h, struct endpoint: a struct sockaddr_in or
 * sockaddr_in6, then this host's address in the same family. */
struct endpoint_bytes {
	__u16 family;
	__be16 port;
	__be32 addr4;
	__u8 addr6[16];
	__u32 scope_id;
	__u8 src[16];
};

/* drivers/net/wireguard/messages.h */
#define MESSAGE_HANDSHAKE_INITIATION 1
#define MESSAGE_HANDSHAKE_RESPONSE   2
#define MESSAGE_HANDSHAKE_COOKIE     3
#define MESSAGE_DATA		     4
struct message_data {
	__u32 type; /* __le32 */
	__u32 key_idx;
	__u64 counter;
};

#define REJECT_AFTER_TIME_NS 180000000000ull

/* netdevice.h: bit __LINK_STATE_START of net_device.state */
#define LINK_STATE_START 1

/* skbuff.h: sizeof(skb_frag_t) */
#define SKB_FRAG_BYTES 16

#define WGT_AF_INET  2
#define WGT_AF_INET6 10

#define WGT_EPROTONOSUPPORT 93
#define WGT_EDESTADDRREQ    89
#define WGT_EAFNOSUPPORT    97
#define WGT_ENONET	    64
#define WGT_ENOKEY	    126

#endif
