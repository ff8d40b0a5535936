// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where functions lie, asked of the kernel by name: an object of its own, run once before the
 * programs are loaded. /proc/kallsyms would be written and read in whole, 150,000 lines, for
 * some fifty names.
 */
#include <linux/types.h>
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "abi/symbols.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, WGT_MAX_SYMBOLS);
	__type(key, __u32);
	__type(value, struct wgt_symbol);
} wgt_symbols SEC(".maps");

static const char place_format[] = "%pS";

static long look_up(__u32 i, void *unused)
{
	struct wgt_symbol *s = bpf_map_lookup_elem(&wgt_symbols, &i);
	__u64 address = 0;

	if (!s || !s->name[0])
		return 1;
	s->error = bpf_kallsyms_lookup_name(s->name, sizeof(s->name), 0, &address);
	s->address = address;
	/* "NAME+0x0/0xSIZE [MODULE]": nothing else tells the size. */
	if (!s->error)
		bpf_snprintf(s->place, sizeof(s->place), place_format, &address, sizeof(address));
	return 0;
}

SEC("syscall")
int wgt_look_up(void *ctx)
{
	bpf_loop(WGT_MAX_SYMBOLS, look_up, NULL, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
