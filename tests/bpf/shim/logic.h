/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions of the BPF headers that can be called here, under names of their own. */
#ifndef WGT_SHIM_LOGIC_H
#define WGT_SHIM_LOGIC_H

#include <stddef.h>

#include "bpf/abi/state.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What bpf_probe_read_kernel() can read; all else faults. */
extern const unsigned char* shim_memory;
extern size_t shim_memory_bytes;

/* packet.bpf.h */
void logic_read_tuple(struct wgt_tuple* t, const unsigned char* ip, __u64 avail);
void logic_read_inner(struct wgt_tuple* t, const unsigned char* ip, __u64 avail);
__u32 logic_skip_ipv6_extensions(const unsigned char* ip, __u32 avail, __u8* proto);
__u32 logic_padded(__u32 len, __u32 mtu);
int logic_is_data(const unsigned char* p, __u64 avail, __u32* index, __u64* counter);

/* flight.bpf.h; of one table. A flight is named by its slot; -1: none. */
enum { LOGIC_SLOTS = 8192, LOGIC_WAYS = 4 };
void logic_clear(void);
__u32 logic_slot(__u64 id, int way);
int logic_claim(__u64 id, __u64 now);
int logic_find(__u64 id);
int logic_find_delivered(__u64 id);
void logic_numbered(int slot);
void logic_release(int slot);
void logic_delivered(int slot);
int logic_is_blank(int slot);
__u64 logic_unfinished(void);
__u64 logic_table_full(void);

/* filter.bpf.h: what the filter says of `linear` bytes of a packet that is `length` long. */
__u32 logic_filter(const struct wgt_filter* filter, const unsigned char* packet, __u32 linear,
                   __u32 length);

/* emit.bpf.h */
int logic_latency_bucket(__u64 ns);
int logic_has_totals(__u64 peer_id);

#ifdef __cplusplus
}
#endif

#endif
