/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What BPF headers take from libbpf and the kernel, for this machine: included before them, so
 * that their logic can be tested without a kernel. A map is an array, kernel memory is one range
 * of bytes (shim_memory), the time is a number (shim_now).
 */
#ifndef WGT_SHIM_HOST_H
#define WGT_SHIM_HOST_H

#include <errno.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* The headers are written for clang's BPF target. */
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wunused-function"

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif
#define __noinline __attribute__((noinline))

#define SEC(name)
#define __uint(name, value) int(*name)[value]
#define __type(name, value) __typeof__(value)* name
#define __array(name, value) __typeof__(value)* name[1]

enum { BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_ARRAY = 2, BPF_MAP_TYPE_PERCPU_ARRAY = 6 };
enum { BPF_MAP_TYPE_LRU_HASH = 9, BPF_MAP_TYPE_ARRAY_OF_MAPS = 12, BPF_MAP_TYPE_RINGBUF = 27 };
enum { BPF_F_NO_PREALLOC = 1, BPF_NOEXIST = 1, BPF_RB_NO_WAKEUP = 1, BPF_RB_FORCE_WAKEUP = 2 };
enum { BPF_RB_AVAIL_DATA = 0 };

#define BPF_CORE_READ(pointer, field) ((pointer)->field)

/* What can be read; all else faults. */
extern const unsigned char* shim_memory;
extern size_t shim_memory_bytes;
extern __u64 shim_now;

static inline long bpf_probe_read_kernel(void* to, __u32 bytes, const void* from) {
  size_t offset = (size_t)((const unsigned char*)from - shim_memory);

  memset(to, 0, bytes); /* as the kernel does where it faults */
  if (offset > shim_memory_bytes || bytes > shim_memory_bytes - offset) return -EFAULT;
  memcpy(to, from, bytes);
  return 0;
}

static inline __u64 bpf_ktime_get_ns(void) { return shim_now; }

/* Defined where the maps are known. */
static void* bpf_map_lookup_elem(void* map, const void* key);
static inline long bpf_map_update_elem(void* map, const void* key, const void* value, __u64 flags) {
  return -ENOSPC;
}

/* Nobody reads. */
static inline __u64 bpf_ringbuf_query(void* ring, __u64 what) { return 0; }
static inline void* bpf_ringbuf_reserve(void* ring, __u64 bytes, __u64 flags) { return NULL; }
static inline void bpf_ringbuf_submit(void* place, __u64 flags) {}

#define bpf_loop(n, step, context, flags)          \
  do {                                             \
    for (__u32 loop_i = 0; loop_i < (n); loop_i++) \
      if (step(loop_i, context)) break;            \
  } while (0)

#endif
