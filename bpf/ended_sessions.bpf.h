/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sessions that ended: why their index is no longer known, for packets that
 * still come with it (rx.unknown_index). Runs a few times per session.
 */
#ifndef WGT_ENDED_SESSIONS_BPF_H
#define WGT_ENDED_SESSIONS_BPF_H

#include "emit.bpf.h"

/* timers.c: keys are wiped this long after the last session began. */
#define ZERO_KEYS_NS (3 * REJECT_AFTER_TIME_NS)

static __always_inline __u64 birth_of(const struct noise_keypair *keypair)
{
	return keypair ? BPF_CORE_READ(keypair, sending.birthdate) : 0;
}

/* The latest birth of a peer's sessions; 0: it has none. */
static __always_inline __u64 latest_birth(struct noise_keypairs *keypairs)
{
	__u64 latest = birth_of(BPF_CORE_READ(keypairs, current_keypair));
	__u64 birth = birth_of(BPF_CORE_READ(keypairs, previous_keypair));

	if (birth > latest)
		latest = birth;
	birth = birth_of(BPF_CORE_READ(keypairs, next_keypair));
	return birth > latest ? birth : latest;
}

static __always_inline bool peer_device(struct wgt_device_key *key, struct wg_peer *peer)
{
	struct net_device *dev = BPF_CORE_READ(peer, device, dev);

	key->netns = BPF_CORE_READ(dev, nd_net.net, ns.inum);
	key->ifindex = (__u32)BPF_CORE_READ(dev, ifindex);
	return traced(key);
}

static __always_inline void note_ended_session(const struct wgt_device_key *device,
					       struct wg_peer *peer,
					       const struct noise_keypair *keypair, __u32 cause,
					       __u64 flags)
{
	struct wgt_index_key key = {.device = *device};
	struct wgt_ended_session ended = {.cause = cause};

	if (!keypair)
		return;
	key.index = BPF_CORE_READ(keypair, entry.index);
	bpf_probe_read_kernel(ended.peer, sizeof(ended.peer), peer->handshake.remote_static);
	bpf_map_update_elem(&wgt_ended_sessions, &key, &ended, flags);
}

/* A peer loses all sessions at once: it is removed (peer_remove_after_dead), its
 * interface goes down (wg_stop), its keys are old (timers.c), or the machine
 * suspends, which we leave without a cause. */
static __noinline int cleared(__u64 keypairs_address)
{
	struct noise_keypairs *keypairs = (void *)keypairs_address;
	struct wg_peer *peer =
		(void *)(keypairs_address - bpf_core_field_offset(struct wg_peer, keypairs));
	__u64 latest = latest_birth(keypairs);
	struct wgt_device_key device = {};
	__u32 cause = WGT_CAUSE_NONE;

	if (!latest || !peer_device(&device, peer))
		return 0;
	if (BPF_CORE_READ(peer, is_dead))
		cause = WGT_CAUSE_PEER_REMOVED;
	else if (!(BPF_CORE_READ(peer, device, dev, state) & LINK_STATE_START))
		cause = WGT_CAUSE_RESTARTED;
	else if (bpf_ktime_get_boot_ns() > latest + ZERO_KEYS_NS)
		cause = WGT_CAUSE_EXPIRED;
	note_ended_session(&device, peer, BPF_CORE_READ(keypairs, current_keypair), cause, BPF_ANY);
	note_ended_session(&device, peer, BPF_CORE_READ(keypairs, previous_keypair), cause,
			   BPF_ANY);
	note_ended_session(&device, peer, BPF_CORE_READ(keypairs, next_keypair), cause, BPF_ANY);
	return 0;
}

SEC("fentry")
int BPF_PROG(wgt_cleared, struct noise_keypairs *keypairs)
{
	cleared((__u64)keypairs);
	return 0;
}

/* One session leaves the table, twice: where its peer lets go of it, and with
 * its last packet. If wgt_cleared has not said why, a newer one took its place. */
static __noinline int replaced(__u64 entry)
{
	struct noise_keypair *keypair = (void *)entry; /* its first field */
	struct wg_peer *peer = BPF_CORE_READ(keypair, entry.peer);
	struct wgt_device_key device = {};

	if (!peer || !peer_device(&device, peer))
		return 0;
	if (latest_birth((void *)((__u64)peer + bpf_core_field_offset(struct wg_peer, keypairs))) >
	    birth_of(keypair))
		note_ended_session(&device, peer, keypair, WGT_CAUSE_REKEYED, BPF_NOEXIST);
	return 0;
}

SEC("fentry")
int BPF_PROG(wgt_removed, struct index_hashtable *table, struct index_hashtable_entry *entry)
{
	if (entry->type == INDEX_HASHTABLE_KEYPAIR)
		replaced((__u64)entry);
	return 0;
}

/* Whose session an unknown index was, and why it ended, if we saw that. */
static __always_inline void report_ended_session(struct wgt_record *rec, __u32 index)
{
	struct wgt_index_key key = {.device = rec->device, .index = index};
	struct wgt_ended_session *ended = bpf_map_lookup_elem(&wgt_ended_sessions, &key);

	if (!ended)
		return;
	rec->drop_reason = ended->cause;
	__builtin_memcpy(rec->peer, ended->peer, sizeof(rec->peer));
	rec->flags |= WGT_F_PEER;
}

#endif
