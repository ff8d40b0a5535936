/* SPDX-License-Identifier: GPL-2.0-only */
// The headers need what host.h defines.
// clang-format off
#include "host.h"
#include "bpf/flight.bpf.h"
#include "bpf/packet.bpf.h"
#include "logic.h"
// clang-format on

const unsigned char* shim_memory;
size_t shim_memory_bytes;
__u64 shim_now;

static const struct wgt_filter* the_filter;
static struct flight flights[FLIGHT_SLOTS];
static __u64 losses[WGT_LOSSES];
static struct wgt_peer_totals totals[WGT_PEER_SLOTS];

_Static_assert(FLIGHT_SLOTS == LOGIC_SLOTS && FLIGHT_WAYS == LOGIC_WAYS, "logic.h");

static void* bpf_map_lookup_elem(void* map, const void* key) {
  __u32 k = *(const __u32*)key;

  if (map == &wgt_tx_flight) return k < FLIGHT_SLOTS ? &flights[k] : NULL;
  if (map == &wgt_filters) return (void*)the_filter;
  if (map == &wgt_losses) return k < WGT_LOSSES ? &losses[k] : NULL;
  if (map == &wgt_peer_totals) return k < WGT_PEER_SLOTS ? &totals[k] : NULL;
  return NULL;
}

void logic_read_tuple(struct wgt_tuple* t, const unsigned char* ip, __u64 avail) {
  memset(t, 0, sizeof(*t));
  read_tuple(t, ip, avail);
}

void logic_read_inner(struct wgt_tuple* t, const unsigned char* ip, __u64 avail) {
  memset(t, 0, sizeof(*t));
  read_inner(t, ip, avail);
}

__u32 logic_skip_ipv6_extensions(const unsigned char* ip, __u32 avail, __u8* proto) {
  return skip_ipv6_extensions((__u64)ip, avail, proto);
}

__u32 logic_padded(__u32 len, __u32 mtu) { return padded(len, mtu); }

int logic_is_data(const unsigned char* p, __u64 avail, __u32* index, __u64* counter) {
  struct message_data m;

  if (!read_data_header(&m, p, avail)) return 0;
  *index = m.key_idx;
  *counter = m.counter;
  return 1;
}

__u32 logic_filter(const struct wgt_filter* filter, const unsigned char* packet, __u32 linear,
                   __u32 length) {
  the_filter = filter;
  shim_memory = packet;
  shim_memory_bytes = linear;
  return filter_takes(0, (__u64)packet, linear, length);
}

void logic_clear(void) {
  memset(flights, 0, sizeof(flights));
  memset(losses, 0, sizeof(losses));
  memset(totals, 0, sizeof(totals));
}

static int slot_of(struct flight* f) { return f ? (int)(f - flights) : -1; }

__u32 logic_slot(__u64 id, int way) { return flight_slot(id, way); }

int logic_claim(__u64 id, __u64 now) {
  struct flight* f = flight_claim(&wgt_tx_flight, id, now, WGT_LOSS_TX_TABLE);

  if (f) { /* as wgt_xmit does */
    f->state = TX_ENTERED;
    f->rec.kind = WGT_TX;
  }
  return slot_of(f);
}

int logic_find(__u64 id) { return slot_of(flight_find(&wgt_tx_flight, id)); }

int logic_find_delivered(__u64 id) { return slot_of(flight_find_delivered(&wgt_tx_flight, id)); }

void logic_numbered(int slot) {
  flights[slot].state = TX_NUMBERED;
  flights[slot].rec.counter = 7;
  flights[slot].keypair = 9;
}

void logic_release(int slot) { flight_release(&flights[slot]); }

void logic_delivered(int slot) { flight_delivered(&flights[slot]); }

int logic_is_blank(int slot) {
  struct wgt_record blank = {.kind = WGT_TX};

  return !flights[slot].keypair && !flights[slot].peer_id &&
         !memcmp(&flights[slot].rec, &blank, sizeof(blank));
}

__u64 logic_unfinished(void) { return losses[WGT_LOSS_UNFINISHED]; }

__u64 logic_table_full(void) { return losses[WGT_LOSS_TX_TABLE]; }

int logic_latency_bucket(__u64 ns) {
  __u32 buckets[WGT_LATENCY_BUCKETS] = {};
  int found = -1;

  add_latency(buckets, ns);
  for (int b = 0; b < WGT_LATENCY_BUCKETS; b++) {
    if (!buckets[b]) continue;
    if (buckets[b] != 1 || found >= 0) return -2;
    found = b;
  }
  return found;
}

int logic_has_totals(__u64 peer_id) { return peer_totals(peer_id) != NULL; }
