// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel side, in the order of the data path. Each part is a header of its
 * own so that one compilation sees all of it: hooks.def says where each program
 * is attached and when.
 */
#include <linux/types.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>

struct pt_regs {
	unsigned long r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8;
	unsigned long rax, rcx, rdx, rsi, rdi, orig_rax, rip, cs, eflags, rsp, ss;
};

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

#include "tx.bpf.h"
#include "send.bpf.h"
#include "fragments.bpf.h"
#include "rx.bpf.h"
#include "drops.bpf.h"
#include "rejected.bpf.h"
#include "handshake_in.bpf.h"
#include "handshake_out.bpf.h"
#include "seed.bpf.h"
#include "port.bpf.h"

char LICENSE[] SEC("license") = "GPL";
