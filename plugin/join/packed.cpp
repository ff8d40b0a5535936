// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/packed.h"

#include <cstring>
#include <new>
#include <utility>

#include "plugin/join/packed_bytes.h"

namespace wgt::join {

using namespace packed;

namespace {

std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
  return hash ^ (hash >> 29U);
}

std::uint64_t word(const void* bytes) {
  std::uint64_t out = 0;
  std::memcpy(&out, bytes, sizeof out);
  return out;
}

// As operator== has it, which calls memcmp for each address.
bool is_same(const IpAddress& a, const IpAddress& b) {
  return a.version == b.version && word(a.bytes.data()) == word(b.bytes.data()) &&
         word(a.bytes.data() + 8) == word(b.bytes.data() + 8);
}
bool is_same_flow(const Tuple& a, const Tuple& b) {  // but for id and len
  static_assert(sizeof(Tuple) == 60, "every member is compared");
  return is_same(a.src, b.src) && is_same(a.dst, b.dst) && a.src_port == b.src_port &&
         a.dst_port == b.dst_port && a.proto == b.proto && a.icmp_type == b.icmp_type &&
         a.icmp_code == b.icmp_code && a.tcp_flags == b.tcp_flags && a.ttl == b.ttl &&
         a.tos == b.tos && a.icmp_id == b.icmp_id && a.icmp_seq == b.icmp_seq && a.seq == b.seq &&
         a.is_message == b.is_message;
}
bool is_same(const Tuple& a, const Tuple& b) {
  return is_same_flow(a, b) && a.id == b.id && a.len == b.len;
}

void get_inner_of_sent(const Packed& sent, Tuple& inner) {
  Reader in(sent);
  std::array<std::uint64_t, Sent::kHops> times{};
  get_times(in, times, (sent.flags & kShortTimes) != 0);
  in.get<SentRest>();
  get_inner(in, inner, sent.flags);
}

}  // namespace

PackedStore::~PackedStore() = default;

Packed* PackedStore::pack(const Observed& observed, const Packed* sent) {
  const auto* tx = std::get_if<Sent>(&observed.event);
  const auto* rx = std::get_if<Received>(&observed.event);
  const bool is_pending = tx != nullptr && event::is_pending(tx->verdict);
  if ((tx == nullptr && rx == nullptr) || is_pending) return keep_whole(observed);
  const event::PacketEvent& event =
      tx != nullptr ? static_cast<const event::PacketEvent&>(*tx) : *rx;
  const Tuple& inner = tx != nullptr ? tx->inner : rx->inner;
  std::uint8_t flags = inner_flag(inner);
  const std::uint32_t ends = flags == 0xff ? kNoEnds : ends_of(observed.host, event);
  if (ends == kNoEnds) return keep_whole(observed);
  if (rx != nullptr && sent != nullptr && sent->kind == Packed::Kind::kSent) {
    Tuple other;
    get_inner_of_sent(*sent, other);
    if (is_same(other, inner)) flags = kInnerOfSent;
  }
  const bool is_short = tx != nullptr ? fits_short(tx->hop_ns) : fits_short(rx->hop_ns);
  if (is_short) flags |= kShortTimes;
  if (event.key) flags |= kNumbered;
  if (event.matched) flags |= kMatched;
  if (rx != nullptr && rx->inferred) flags |= kInferred;
  if (rx != nullptr && rx->too_old) flags |= kTooOld;

  const std::size_t addresses = address_bytes(flags);
  const std::size_t bytes =
      sizeof(Packed) + (addresses != 0 ? 2 * addresses + sizeof(Rest) : 0) +
      (tx != nullptr ? times_bytes(tx->hop_ns, is_short) + sizeof(SentRest)
                     : times_bytes(rx->hop_ns, is_short) + sizeof(ReceivedRest));
  Packed* packed = allocate(bytes);
  packed->ends = ends;
  packed->flags = flags;
  Writer out(reinterpret_cast<std::byte*>(packed + 1));
  if (tx != nullptr) {
    packed->kind = Packed::Kind::kSent;
    put_times(out, tx->hop_ns, is_short);
    out.put(SentRest{event.outer.len, tx->cause, tx->error, event.outer.id, tx->gso_segment,
                     tx->gso_segments, tx->verdict});
  } else {
    packed->kind = Packed::Kind::kReceived;
    put_times(out, rx->hop_ns, is_short);
    out.put(ReceivedRest{event.outer.len, rx->cause, event.outer.id, rx->verdict});
  }
  put_inner(out, inner, flags);
  return packed;
}

void PackedStore::unpack(const Packed& packed, const event::PacketKey* key, Seen<Sent>& out) const {
  const Ends& ends = ends_[packed.ends];
  Sent& tx = out.event;
  out.host = ends.host;
  static_cast<event::Origin&>(tx) = ends.origin;
  tx.outer = ends.outer;
  if (key != nullptr && (packed.flags & kNumbered) != 0) tx.key = *key;
  tx.matched = (packed.flags & kMatched) != 0;
  Reader in(packed);
  get_times(in, tx.hop_ns, (packed.flags & kShortTimes) != 0);
  const auto rest = in.get<SentRest>();
  tx.outer.len = rest.outer_len;
  tx.outer.id = rest.outer_id;
  tx.cause = rest.cause;
  tx.error = rest.error;
  tx.gso_segment = rest.gso_segment;
  tx.gso_segments = rest.gso_segments;
  tx.verdict = rest.verdict;
  get_inner(in, tx.inner, packed.flags);
}

void PackedStore::unpack(const Packed& packed, const event::PacketKey* key, const Packed* sent,
                         Seen<Received>& out) const {
  const Ends& ends = ends_[packed.ends];
  Received& rx = out.event;
  out.host = ends.host;
  static_cast<event::Origin&>(rx) = ends.origin;
  rx.outer = ends.outer;
  if (key != nullptr && (packed.flags & kNumbered) != 0) rx.key = *key;
  rx.matched = (packed.flags & kMatched) != 0;
  Reader in(packed);
  get_times(in, rx.hop_ns, (packed.flags & kShortTimes) != 0);
  const auto rest = in.get<ReceivedRest>();
  rx.outer.len = rest.outer_len;
  rx.outer.id = rest.outer_id;
  rx.cause = rest.cause;
  rx.verdict = rest.verdict;
  rx.inferred = (packed.flags & kInferred) != 0;
  rx.too_old = (packed.flags & kTooOld) != 0;
  if ((packed.flags & kInnerOfSent) == 0) return get_inner(in, rx.inner, packed.flags);
  get_inner_of_sent(*sent, rx.inner);
}

Observed PackedStore::unpack(const Packed& packed, const event::PacketKey* key,
                             const Packed* sent) const {
  switch (packed.kind) {
    case Packed::Kind::kSent: {
      Seen<Sent> tx;
      unpack(packed, key, tx);
      return {tx.host, tx.event};
    }
    case Packed::Kind::kReceived: {
      Seen<Received> rx;
      unpack(packed, key, sent, rx);
      return {rx.host, rx.event};
    }
    case Packed::Kind::kWhole:
      break;
  }
  return *whole(packed);
}

std::uint32_t PackedStore::ends(const Observed& observed) {
  const event::PacketEvent* event = event::packet_of(observed.event);
  return event != nullptr ? ends_of(observed.host, *event) : kNoEnds;
}

Packed* PackedStore::keep_whole(const Observed& observed) {
  Packed* packed = allocate(sizeof(Packed) + sizeof(Observed));
  packed->kind = Packed::Kind::kWhole;
  packed->flags = 0;
  packed->ends = kNoEnds;
  new (packed + 1) Observed(observed);
  return packed;
}

void PackedStore::free(Packed* packed) {
  static_assert(std::is_trivially_destructible_v<Observed> && alignof(Observed) <= alignof(Packed));
  bytes_ -= packed->units * kUnit;
  packed->next = std::exchange(free_[packed->units], packed);
}

Packed* PackedStore::allocate(std::size_t bytes) {
  static_assert(sizeof(Packed) + sizeof(Observed) <= kMostUnits * kUnit);
  const std::size_t units = (bytes + kUnit - 1) / kUnit;
  bytes_ += units * kUnit;
  if (Packed* at = free_[units]) {
    free_[units] = at->next;
    return at;
  }
  if (chunk_left_ < units * kUnit) {
    chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(kChunkBytes));
    chunk_left_ = kChunkBytes;
  }
  std::byte* at = chunks_.back().get() + kChunkBytes - chunk_left_;
  chunk_left_ -= units * kUnit;
  auto* packed = new (at) Packed;
  packed->units = static_cast<std::uint16_t>(units);
  return packed;
}

bool PackedStore::is_of(const Ends& ends, HostId host, const event::PacketEvent& event) {
  const bool same_peer = ends.origin.peer.has_value() == event.peer.has_value() &&
                         (!event.peer || std::memcmp(ends.origin.peer->bytes.data(),
                                                     event.peer->bytes.data(), 32) == 0);
  return same_peer && ends.host == host && ends.origin.device == event.device &&
         is_same_flow(ends.outer, event.outer);
}

std::uint32_t PackedStore::ends_of(HostId host, const event::PacketEvent& event) {
  std::uint64_t hash = mixed(host, std::uint64_t{event.device.netns} << 32U | event.device.ifindex);
  if (event.peer) hash = mixed(hash, word(event.peer->bytes.data()));
  const Tuple& outer = event.outer;
  hash = mixed(hash, word(outer.src.bytes.data()));
  hash = mixed(hash, word(outer.src.bytes.data() + 8));
  hash = mixed(hash, word(outer.dst.bytes.data()));
  hash = mixed(hash, word(outer.dst.bytes.data() + 8));
  hash = mixed(hash, std::uint64_t{outer.src_port} << 48U | std::uint64_t{outer.dst_port} << 32U |
                         std::uint64_t{outer.ttl} << 16U | std::uint64_t{outer.tos} << 8U |
                         outer.src.version);
  const auto known = by_hash_.find(hash);
  if (known != by_hash_.end())
    return is_of(ends_[known->second], host, event) ? known->second : kNoEnds;
  if (ends_.size() >= kMostEnds) return kNoEnds;
  Ends ends{host, event, outer};
  ends.outer.id = 0;
  ends.outer.len = 0;
  const auto number = static_cast<std::uint32_t>(ends_.size());
  by_hash_.emplace(hash, number);
  ends_.push_back(ends);
  return number;
}

event::VerdictId PackedStore::verdict(const Packed& received) {
  Reader in(received);
  std::array<std::uint64_t, Received::kHops> times{};
  get_times(in, times, (received.flags & kShortTimes) != 0);
  return in.get<ReceivedRest>().verdict;
}

bool PackedStore::is_drop(const Packed& packed) {
  return packed.kind == Packed::Kind::kWhole &&
         event::is_drop(std::launder(reinterpret_cast<const Observed*>(&packed + 1))->event);
}

const Observed* PackedStore::whole(const Packed& packed) const {
  if (packed.kind != Packed::Kind::kWhole) return nullptr;
  return std::launder(reinterpret_cast<const Observed*>(&packed + 1));
}

HostId PackedStore::host(const Packed& packed) const {
  const Observed* all = whole(packed);
  return all != nullptr ? all->host : ends_[packed.ends].host;
}

const event::Origin& PackedStore::origin(const Packed& packed) const {
  const Observed* all = whole(packed);
  return all != nullptr ? event::origin_of(all->event) : ends_[packed.ends].origin;
}

}  // namespace wgt::join
