/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What stays in pinned maps about handshakes: per peer, of unknown senders, and what
 * a dump finds in the kernel's own timers. Times are CLOCK_MONOTONIC
 * nanoseconds, 0 = never, unless said otherwise. Public keys only.
 */
#ifndef WGT_ABI_HANDSHAKE_H
#define WGT_ABI_HANDSHAKE_H

#include "record.h"

#define WGT_MAX_PEERS		4096 /* whose history is kept; the longest unused goes first */
#define WGT_MAX_UNKNOWN_SENDERS 1024
#define WGT_PAUSE_NS		60000000000ull
#define WGT_ENDPOINT_CHANGES	8 /* a power of two */
#define WGT_BEGUN_SESSIONS	4 /* a power of two */

enum wgt_hs {
	WGT_HS_NONE = 0,
#define WGT_HS(number, name, id) WGT_HS_##name = number,
#include "handshakes.def"
#undef WGT_HS
	WGT_HS_COUNT
};

/* Those whose ids begin with "hs.". */
#define WGT_HS_IS_RESULT(what) ((what) <= WGT_HS_UNDECRYPTABLE || (what) == WGT_HS_CROSSED)

struct wgt_peer_key {
	struct wgt_device_key device;
	__u8 peer[32];
};

/* An address and a port as on the wire. version 0: none. */
struct wgt_endpoint {
	__u8 address[16];
	__be16 port;
	__u8 version;
	__u8 zero;
};

/* by: WGT_HS_INITIATION_ACCEPTED or WGT_HS_COMPLETED: that handshake message,
 * exactly at ns. WGT_HS_NONE: a data message or `wg set`, some time between
 * after_ns and ns. */
struct wgt_endpoint_change {
	__u64 ns;
	__u64 after_ns;
	struct wgt_endpoint from;
	struct wgt_endpoint to;
	__u32 by;
	__u32 zero;
};

struct wgt_begun_session {
	__u64 ns;
	__u32 local_index;
	__u32 remote_index;
	__u32 i_am_initiator;
	__be32 asked_ipv4; /* where the peer's initiation was sent to; 0: not known, or IPv6 */
};

/* Map wgt_handshakes, by wgt_peer_key: since `up`, or since it was not used for
 * the longest time of all. */
struct wgt_handshake {
	__u64 first_ns;
	__u64 count[WGT_HS_COUNT];   /* by enum wgt_hs */
	__u64 last_ns[WGT_HS_COUNT]; /* by enum wgt_hs */
	__u64 previous_silence_ns;
	__u64 begun_ns;	    /* first attempt since the last handshake that completed */
	__u64 tried_ns;	    /* last attempt, whether it left the host or not */
	__u64 rtt_ns;	    /* initiation to response, of the last response that came */
	__u64 endpoint_ns;  /* when endpoint was last looked at */
	__u64 their_time_s; /* newest time stamp accepted from it, by its own clock: UNIX time */
	__u64 their_time_ns;
	__u32 attempts;		/* since the last handshake that completed, or was accepted */
	__u32 unconfirmed;	/* responses sent since then, whose session was never used */
	__u32 result;		/* enum wgt_hs: the last one with an "hs." id */
	__s32 error;		/* negative errno of the last WGT_HS_NOT_LEAVING */
	__u32 our_index;	/* sender index of our last initiation */
	__u32 their_index;	/* sender index of the last initiation accepted from it */
	__u32 endpoint_changes; /* all of them; the last ones are in changes */
	__u32 sessions_begun;
	struct wgt_endpoint endpoint;
	__u32 data_bytes; /* had come at the second attempt: to compare, it wraps */
	struct wgt_endpoint_change changes[WGT_ENDPOINT_CHANGES]; /* a ring */
	struct wgt_begun_session sessions[WGT_BEGUN_SESSIONS];	  /* a ring */
};

/* Map wgt_unknown_senders: messages that belong to no peer. id: an initiator's public
 * key for WGT_HS_UNKNOWN_INITIATOR, else the source address, or zero. */
struct wgt_unknown_sender_key {
	struct wgt_device_key device;
	__u32 result; /* enum wgt_hs */
	__u8 id[32];
	__u32 zero;
};
struct wgt_unknown_sender {
	__u64 count;
	__u64 first_ns; /* of those that came without a pause of WGT_PAUSE_NS */
	__u64 last_ns;
	struct wgt_endpoint source; /* of the last one */
	__u32 without_pause;	    /* so many, since first_ns */
};

/* Map wgt_peers_now, by wgt_peer_key: written while a device is dumped. Times
 * are jiffies; 0: that timer does not run. */
struct wgt_peer_now {
	__u64 ns; /* of the dump */
	__u64 jiffies;
	__u64 retransmit_at;	 /* an initiation is on its way */
	__u64 new_handshake_at;	 /* data was sent, nothing came back since */
	__u64 send_keepalive_at; /* data came, nothing was sent since */
	__u64 peer_id;
	__u64 window_counter;  /* one above the highest number accepted in the newest session */
	__u32 window_received; /* of its last numbers, as many as came */
	__u32 window_expected; /* and as many as there are */
	__u32 attempts;	       /* the kernel's own count; traffic sets it back */
	__u32 staged;	       /* packets that wait for a handshake */
	__u32 rx_queued;
	__u32 came_bytes; /* of data, since the second unanswered attempt */
};

/* Map wgt_round_trips, by wgt_peer_key: the last one of a paired session with that
 * peer's host, outside the tunnel. Written by `watch --pair`. */
struct wgt_round_trip {
	__u64 ns; /* when */
	__u64 rtt_ns;
};

/* Map wgt_port_changes, by wgt_peer_key: when its device last got another listen port, and
 * what had been sent to the peer by then. */
struct wgt_port_change {
	__u64 ns;
	__u64 tx_bytes;
	__u32 from; /* host order */
	__u32 zero;
};

WGT_STATIC_ASSERT(sizeof(struct wgt_peer_key) == 40, "wgt_peer_key");
WGT_STATIC_ASSERT(sizeof(struct wgt_endpoint) == 20, "wgt_endpoint");
WGT_STATIC_ASSERT(sizeof(struct wgt_endpoint_change) == 64, "wgt_endpoint_change");
WGT_STATIC_ASSERT(sizeof(struct wgt_begun_session) == 24, "wgt_begun_session");
WGT_STATIC_ASSERT(sizeof(struct wgt_unknown_sender_key) == 48, "wgt_unknown_sender_key");
WGT_STATIC_ASSERT(sizeof(struct wgt_unknown_sender) == 48, "wgt_unknown_sender");
WGT_STATIC_ASSERT(sizeof(struct wgt_peer_now) == 80, "wgt_peer_now");
WGT_STATIC_ASSERT(sizeof(struct wgt_port_change) == 24, "wgt_port_change");

#endif
