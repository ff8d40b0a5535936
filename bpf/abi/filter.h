/* SPDX-License-Identifier: GPL-2.0-only */
/* Which packets a consumer wants records of; map wgt_filters, one a consumer. */
#ifndef WGT_ABI_FILTER_H
#define WGT_ABI_FILTER_H

#include "record.h"

#define WGT_MAX_FILTER 512 /* a power of two; a longer one stays with the reader */

/* As struct sock_filter: classic BPF, as libpcap compiles it for raw IP. */
struct wgt_filter_step {
	__u16 code;
	__u8 jt;
	__u8 jf;
	__u32 k;
};
struct wgt_filter {
	__u32 steps;  /* 0: every packet passes. Jumps go forward, and the last step returns */
	__u32 sample; /* one of so many; 0 or 1: all. Of drops always all */
	__u32 zero;   /* which the verifier does not know: it would follow each step by itself */
	__u32 unused;
	struct wgt_filter_step step[WGT_MAX_FILTER];
};

/* Map wgt_left_out (per CPU, u64): consumer * WGT_LEFT_OUT + one of these. */
enum wgt_left_out { WGT_LEFT_FILTERED, WGT_LEFT_SAMPLED, WGT_LEFT_OUT };

/* A number that both hosts make of a packet's name, for their samples: spread, so that neither
 * trains of segments nor steady flows fall in step with it (the finalizer of splitmix64). */
static inline __u32 wgt_sample_number(__u32 receiver_index, __u64 counter)
{
	__u64 z = (counter ^ ((__u64)receiver_index << 32)) + 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return (__u32)((z ^ (z >> 31)) >> 32);
}

WGT_STATIC_ASSERT(sizeof(struct wgt_filter_step) == 8, "wgt_filter_step");

#endif
