// SPDX-License-Identifier: GPL-2.0-only
/* Every program of bpf/hooks.def with nothing in it: what the hooks themselves
 * cost. attach_empty.cpp names the symbols, as plugin/source/kernel does for the real ones. */
/* Kernel style, as in bpf/. */
// clang-format off
#include <linux/types.h>
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#define SECTION_FENTRY SEC("fentry")
#define SECTION_FEXIT  SEC("fexit")
#define SECTION_KPROBE SEC("kprobe")
#define SECTION_TP_BTF SEC("tp_btf")

#define WGT_HOOK(program, how, symbol, when, need, tells)                                          \
	SECTION_##how int program(void *ctx)                                                       \
	{                                                                                          \
		return 0;                                                                          \
	}
#include "hooks.def"

char LICENSE[] SEC("license") = "GPL";
