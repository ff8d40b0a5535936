/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which process it is, in whatever process namespace; and the end of one that
 * wanted records. It is called in do_exit() before exit_files(), so while the
 * process still holds the links of the watched set, however it is ended.
 */
#ifndef WGT_PROCESS_BPF_H
#define WGT_PROCESS_BPF_H

#include "emit.bpf.h"

#define PIDTYPE_TGID 1 /* include/linux/pid_types.h */

struct process {
	__u32 tgid;
	__u32 pidns; /* inode of the namespace that counts it so */
	__u32 watches;
};

static __always_inline struct process process_of(struct task_struct *task)
{
	struct pid *pid = BPF_CORE_READ(task, signal, pids[PIDTYPE_TGID]);
	/* The last of pid->numbers: that of its own namespace. */
	struct upid *own = (void *)((__u64)pid + bpf_core_field_offset(struct pid, numbers) +
				    BPF_CORE_READ(pid, level) * bpf_core_type_size(struct upid));
	struct process p = {
		.tgid = (__u32)BPF_CORE_READ(own, nr),
		.pidns = BPF_CORE_READ(own, ns, ns.inum),
	};

	return p;
}

static long forget_place(__u32 i, struct process *p)
{
	struct wgt_consumer *consumer = bpf_map_lookup_elem(&wgt_consumers, &i);
	struct wgt_config *c = config();

	if (!c || !consumer || consumer->tgid != p->tgid || consumer->pidns != p->pidns)
		return 0;
	__sync_fetch_and_and(&c->consumers, ~(1u << i));
	__sync_fetch_and_and(&c->handshakes, ~(1u << i));
	__sync_fetch_and_and(&c->stacks, ~(1u << i));
	__sync_fetch_and_and(&c->filters, ~(1u << i));
	__sync_fetch_and_and(&c->samples, ~(1u << i));
	return 0;
}

SEC("tp_btf")
int BPF_PROG(wgt_exit, struct task_struct *task)
{
	struct process p;

	if (!watched() || BPF_CORE_READ(task, signal, live.counter))
		return 0;
	p = process_of(task);
	bpf_loop(WGT_MAX_CONSUMERS, forget_place, &p, 0);
	return 0;
}

#endif
