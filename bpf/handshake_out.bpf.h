/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Handshake messages that leave, the timers that wait for what they bring, and
 * the sessions that come of them.
 */
#ifndef WGT_HANDSHAKE_OUT_BPF_H
#define WGT_HANDSHAKE_OUT_BPF_H

#include "handshake.bpf.h"
#include "staged.bpf.h"

/* timers.c: MAX_TIMER_HANDSHAKES, 90 s of tries 5 s apart */
#define MAX_ATTEMPTS 18

#define WGT_EKEYREJECTED 129

static __always_inline void tried(struct wgt_handshake *h, struct wg_peer___hs *peer)
{
	__u64 now = bpf_ktime_get_ns();

	if (!h->attempts)
		h->begun_ns = now;
	if (h->attempts < 2)
		h->data_bytes = data_bytes(h, peer);
	h->attempts++;
	h->tried_ns = now;
}

/* Nothing usable came of the last attempt. Where something did come, or it did not
 * leave, that has been told and says more. */
static __noinline int unanswered(__u64 peer_address)
{
	struct wg_peer___hs *peer = (void *)peer_address;
	struct hs_event e = {.what = WGT_HS_NO_ANSWER};
	struct wgt_peer_key key = {};
	struct wgt_handshake *h;

	if (!peer_key(&key, (void *)peer))
		return 0;
	h = handshake_of(&key);
	if (!h)
		return 0;
	e.sender_index = h->our_index;
	e.initiation_ns = h->tried_ns;
	if (h->last_ns[WGT_HS_NOT_LEAVING] < h->tried_ns &&
	    h->last_ns[WGT_HS_PSK_MISMATCH] < h->tried_ns &&
	    h->last_ns[WGT_HS_LATE_RESPONSE] < h->tried_ns &&
	    h->last_ns[WGT_HS_CROSSED] < h->tried_ns &&
	    h->last_ns[WGT_HS_COOKIE_REQUIRED] < h->tried_ns)
		note(&key, &e);
	if (BPF_CORE_READ(peer, timer_handshake_attempts) > MAX_ATTEMPTS) {
		e.what = WGT_HS_GAVE_UP;
		note(&key, &e);
	}
	return 0;
}

/* A packet asked for the next attempt when the last was 5 s old, before the timer that
 * tells of it ran (5 s and up to a third): then it is still armed. Going down
 * (wg_timers_stop) and an answer disarm it. */
static __noinline int overtaken(__u64 handshake)
{
	struct wg_peer___hs *peer =
		(void *)(handshake - bpf_core_field_offset(struct wg_peer, handshake));

	if (BPF_CORE_READ(peer, timer_retransmit_handshake.entry.pprev))
		unanswered((__u64)peer);
	return 0;
}

static __noinline int made(__u64 message, __u64 handshake, __u32 ok)
{
	struct wg_peer___hs *hs =
		(void *)(handshake - bpf_core_field_offset(struct wg_peer, handshake));
	struct wgt_peer_key key = {};
	struct initiation i = {};
	struct wgt_index_key at = {};
	struct wgt_handshake *h;
	struct hs_event e = {};

	if (!peer_key(&key, (void *)hs))
		return 0;
	h = handshake_of(&key);
	if (!h)
		return 0;
	tried(h, hs);
	if (BPF_CORE_READ((struct wg_peer *)hs, staged_packet_queue.qlen))
		note_waiting((__u64)hs);
	if (!ok) {
		/* Else its public key is a point that no shared secret comes of. */
		bool has = BPF_CORE_READ(hs, handshake.static_identity, has_identity);

		e.what = has ? WGT_HS_NOT_LEAVING : WGT_HS_NO_IDENTITY;
		e.error = has ? -WGT_EKEYREJECTED : 0;
		h->error = e.error;
		note(&key, &e);
		return 0;
	}
	end_initiation(&key, h->our_index, INITIATION_REPLACED);
	bpf_probe_read_kernel(&at.index, sizeof(at.index), (void *)(message + sizeof(__u32)));
	h->our_index = at.index;
	at.device = key.device;
	i.ns = h->tried_ns;
	i.peer = (__u64)hs;
	__builtin_memcpy(i.key, key.peer, sizeof(i.key));
	bpf_map_update_elem(&wgt_initiations, &at, &i, BPF_ANY);
	return 0;
}

SEC("fexit")
int BPF_PROG(wgt_hs_make, void *message, struct noise_handshake *handshake, bool ok)
{
	overtaken((__u64)handshake);
	made((__u64)message, (__u64)handshake, ok);
	return 0;
}

/* Initiations and responses; data messages go another way. */
static __noinline int sent_buffer(__u64 peer_address, __u64 buffer, __u64 len, __s32 error)
{
	struct wg_peer *peer = (void *)peer_address;
	struct wgt_peer_key key = {};
	struct wgt_handshake *h;
	struct hs_event e = {};
	bool initiation = len == INITIATION_BYTES;

	if ((!initiation && len != RESPONSE_BYTES) || !peer_key(&key, peer))
		return 0;
	e.what = error < 0    ? WGT_HS_NOT_LEAVING
		 : initiation ? WGT_HS_INITIATION_SENT
			      : WGT_HS_RESPONSE_SENT;
	e.error = error;
	bpf_probe_read_kernel(&e.sender_index, sizeof(e.sender_index),
			      (void *)(buffer + sizeof(__u32)));
	if (!initiation)
		bpf_probe_read_kernel(&e.receiver_index, sizeof(e.receiver_index),
				      (void *)(buffer + 2 * sizeof(__u32)));
	h = note(&key, &e);
	if (!h)
		return 0;
	if (error < 0)
		h->error = error;
	if (!initiation)
		h->unconfirmed++;
	note_endpoint(h, peer);
	return 0;
}

SEC("fexit")
int BPF_PROG(wgt_hs_sent, struct wg_peer *peer, void *buffer, __u64 len, __u8 ds, int error)
{
	sent_buffer((__u64)peer, (__u64)buffer, len, error);
	return 0;
}

SEC("fentry")
int BPF_PROG(wgt_hs_retry, struct timer_list *timer)
{
	unanswered((__u64)timer -
		   bpf_core_field_offset(struct wg_peer___hs, timer_retransmit_handshake));
	return 0;
}

/* Data was sent, and for 15 s nothing that is authentic came back. */
static __noinline int silent(__u64 timer)
{
	struct wg_peer *peer =
		(void *)(timer - bpf_core_field_offset(struct wg_peer___hs, timer_new_handshake));
	struct hs_event e = {.what = WGT_HS_SILENCE};
	struct wgt_peer_key key = {};
	struct wgt_handshake *h;

	if (!peer_key(&key, peer))
		return 0;
	h = handshake_of(&key);
	if (!h)
		return 0;
	h->previous_silence_ns = h->last_ns[WGT_HS_SILENCE];
	note(&key, &e);
	return 0;
}

SEC("fentry")
int BPF_PROG(wgt_hs_silent, struct timer_list *timer)
{
	silent((__u64)timer);
	return 0;
}

/* noise.c, add_new_keypair: a responder's waits as the next one. */
static __always_inline struct noise_keypair *newest_session(struct wg_peer *peer)
{
	struct noise_keypair *k = BPF_CORE_READ(peer, keypairs.current_keypair);
	struct noise_keypair *next = BPF_CORE_READ(peer, keypairs.next_keypair);

	return next && birth_of(next) >= birth_of(k) ? next : k;
}

/* The initiator has its response, or the responder its first data message. */
static __noinline int completed(__u64 peer_address)
{
	struct hs_event e = {.what = WGT_HS_COMPLETED};
	struct wg_peer *peer = (void *)peer_address;
	struct noise_keypair *k = newest_session(peer);
	struct wgt_peer_key key = {};
	struct wgt_handshake *h;

	if (k) {
		e.sender_index = BPF_CORE_READ(k, remote_index);
		e.receiver_index = BPF_CORE_READ(k, entry.index);
	}
	if (!peer_key(&key, peer) || !(h = note(&key, &e)))
		return 0;
	h->attempts = 0;
	h->unconfirmed = 0;
	note_endpoint(h, peer);
	return 0;
}

SEC("fentry")
int BPF_PROG(wgt_hs_done, struct wg_peer *peer)
{
	completed((__u64)peer);
	return 0;
}

static __noinline int session_begun(__u64 handshake)
{
	struct wg_peer *peer =
		(void *)(handshake - bpf_core_field_offset(struct wg_peer, handshake));
	struct wgt_begun_session *to;
	struct noise_keypair *k;
	struct wgt_peer_key key = {};
	struct wgt_handshake *h;
	__u32 place;

	if (!peer_key(&key, peer) || !(h = handshake_of(&key)))
		return 0;
	k = newest_session(peer);
	if (!k)
		return 0;
	place = h->sessions_begun++ & (WGT_BEGUN_SESSIONS - 1);
	to = &h->sessions[place];
	to->ns = bpf_ktime_get_ns();
	to->local_index = BPF_CORE_READ(k, entry.index);
	to->remote_index = BPF_CORE_READ(k, remote_index);
	to->i_am_initiator = BPF_CORE_READ(k, i_am_the_initiator);
	return 0;
}

SEC("fexit")
int BPF_PROG(wgt_hs_session, struct noise_handshake *handshake, void *keypairs, bool begun)
{
	if (begun)
		session_begun((__u64)handshake);
	return 0;
}

#endif
