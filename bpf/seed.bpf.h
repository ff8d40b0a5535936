/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What exists before anybody traces: while a command of ours dumps a device
 * by netlink (WG_CMD_GET_DEVICE), wgt_seed walks the kernel's own peer list
 * and writes sessions, listen port and index table of that device.
 */
#ifndef WGT_SEED_BPF_H
#define WGT_SEED_BPF_H

#include "emit.bpf.h"
#include "peer_now.bpf.h"
#include "peer_walk.bpf.h"
#include "process.bpf.h"
#include "waiting.bpf.h"

static __always_inline void write_session(struct peer_walk *w, struct wg_peer *peer, __u32 place,
					  struct noise_keypair *k)
{
	struct wgt_session_key key = {.device = w->device, .place = place};
	struct wgt_session s = {};

	bpf_probe_read_kernel(key.peer, sizeof(key.peer), peer->handshake.remote_static);
	s.peer_id = BPF_CORE_READ(peer, internal_id);
	if (k) {
		s.local_index = BPF_CORE_READ(k, entry.index);
		s.remote_index = BPF_CORE_READ(k, remote_index);
		s.sent_counter = (__u64)BPF_CORE_READ(k, sending_counter.counter);
		s.received_counter = BPF_CORE_READ(k, receiving_counter.counter);
		s.birth_boot_ns = BPF_CORE_READ(k, sending.birthdate);
		s.i_am_initiator = BPF_CORE_READ(k, i_am_the_initiator);
	}
	bpf_map_update_elem(&wgt_sessions, &key, &s, BPF_ANY);
}

static long walk_peer(__u32 i, struct peer_walk *w)
{
	struct wg_peer *peer = next_peer(w);
	struct noise_keypair *k;

	if (!peer)
		return 1;
	write_session(w, peer, 3, NULL);
	write_now((__u64)peer);
	k = BPF_CORE_READ(peer, keypairs.current_keypair);
	if (k)
		write_session(w, peer, 0, k);
	k = BPF_CORE_READ(peer, keypairs.previous_keypair);
	if (k)
		write_session(w, peer, 1, k);
	k = BPF_CORE_READ(peer, keypairs.next_keypair);
	if (k)
		write_session(w, peer, 2, k);
	return 0;
}

SEC("fexit")
int BPF_PROG(wgt_seed, struct netlink_callback *cb, int ret)
{
	struct wgt_config *c = config();
	struct wg_device *wg = (void *)cb->args[0]; /* struct dump_ctx, first field */
	struct wgt_port_key port = {};
	struct peer_walk w = {};
	struct wgt_device *device;
	struct net_device *dev;
	struct process caller;
	__u64 table;
	bool seeds;

	if (ret || !c || (!c->seed_tgid && !c->consumers))
		return 0;
	caller = process_of((void *)bpf_get_current_task());
	seeds = caller.tgid == c->seed_tgid && caller.pidns == c->seed_pidns;
	if (!seeds && !watches(&caller))
		return 0;
	dev = BPF_CORE_READ(wg, dev);
	w.device.netns = BPF_CORE_READ(dev, nd_net.net, ns.inum);
	w.device.ifindex = (__u32)BPF_CORE_READ(dev, ifindex);
	device = traced(&w.device);
	if (!device)
		return 0;
	walk_peers(&w, wg);
	if (!seeds) {
		bpf_loop(MAX_PEERS, walk_waiting_peer, &w, 0);
		return 0;
	}
	c->self = (__u64)c;
	table = (__u64)BPF_CORE_READ(wg, index_hashtable);
	bpf_map_update_elem(&wgt_tables, &table, &w.device, BPF_ANY);
	device->outer_netns = BPF_CORE_READ(wg, creating_net, ns.inum);
	bpf_map_update_elem(&wgt_netns, &device->outer_netns, &w.device.ifindex, BPF_ANY);
	port.netns = device->outer_netns;
	port.port = BPF_CORE_READ(wg, incoming_port);
	bpf_map_update_elem(&wgt_ports, &port, &w.device, BPF_ANY);
	bpf_loop(MAX_PEERS, walk_peer, &w, 0);
	return 0;
}

SEC("fentry")
int BPF_PROG(wgt_destruct, struct net_device *dev)
{
	struct wgt_device_key key = device_key(dev);

	bpf_map_delete_elem(&wgt_devices, &key);
	return 0;
}

#endif
