/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Another listen port: a peer learns of it from where our next packet comes, and sends
 * to the old one until then (netlink.c, set_port).
 */
#ifndef WGT_PORT_BPF_H
#define WGT_PORT_BPF_H

#include "handshake.bpf.h"
#include "peer_walk.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, WGT_MAX_PEERS);
	__type(key, struct wgt_peer_key);
	__type(value, struct wgt_port_change);
} wgt_port_changes SEC(".maps");

struct port_walk {
	struct peer_walk peers;
	struct wgt_port_change change;
};

static long note_port_change(__u32 i, struct port_walk *w)
{
	struct wgt_peer_key key = {.device = w->peers.device};
	struct wg_peer___hs *hs;
	struct wg_peer *peer;

	peer = next_peer(&w->peers);
	if (!peer)
		return 1;
	hs = (void *)peer;
	bpf_probe_read_kernel(key.peer, sizeof(key.peer), peer->handshake.remote_static);
	w->change.tx_bytes = BPF_CORE_READ(hs, tx_bytes);
	bpf_map_update_elem(&wgt_port_changes, &key, &w->change, BPF_ANY);
	return 0;
}

/* Also when the device comes up, on the port that it had. */
SEC("fentry")
int BPF_PROG(wgt_port, struct wg_device *wg, __u16 port)
{
	struct port_walk w = {};

	w.peers.device = device_key(wg->dev);
	w.change.from = wg->incoming_port;
	if (!w.change.from || w.change.from == port || !traced(&w.peers.device))
		return 0;
	w.change.ns = bpf_ktime_get_ns();
	walk_peers(&w.peers, wg);
	bpf_loop(MAX_PEERS, note_port_change, &w, 0);
	return 0;
}

#endif
