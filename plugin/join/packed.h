// SPDX-License-Identifier: GPL-2.0-only
// Events that wait for others of their packet, in a third of the memory: what many of them have in
// common (device, peer, outer addresses) is kept once, addresses and times as short as they are.
// What does not fit is kept whole. Single-threaded.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "plugin/join/joined_path.h"

namespace wgt::join {

// One event in the store. Followed by its bytes.
struct Packed {
  enum class Kind : std::uint8_t { kSent, kReceived, kWhole };

  Packed* next;  // for whoever keeps it
  std::uint32_t ends;
  Kind kind;
  std::uint8_t flags;
  std::uint16_t units;  // of PackedStore::kUnit
};

class PackedStore {
 public:
  PackedStore() = default;
  PackedStore(const PackedStore&) = delete;
  PackedStore& operator=(const PackedStore&) = delete;
  ~PackedStore();

  // `sent`: of the same packet, if it is there, must stay for as long as the result, and stand by
  // unpack() then.
  Packed* pack(const Observed& observed, const Packed* sent = nullptr);
  Observed unpack(const Packed& packed, const event::PacketKey* key, const Packed* sent) const;
  // The same into what is there; kSent and kReceived only.
  void unpack(const Packed& packed, const event::PacketKey* key, Seen<event::Sent>& out) const;
  void unpack(const Packed& packed, const event::PacketKey* key, const Packed* sent,
              Seen<event::Received>& out) const;
  void free(Packed* packed);

  static bool is_drop(const Packed& packed);
  static event::VerdictId verdict(const Packed& received);  // of a kReceived
  const Observed* whole(const Packed& packed) const;        // nullptr: of the other kinds
  HostId host(const Packed& packed) const;
  const event::Origin& origin(const Packed& packed) const;
  // What Packed::ends of such an event is; UINT32_MAX: it is kept whole.
  std::uint32_t ends(const Observed& observed);
  std::pair<HostId, const event::Origin&> at(std::uint32_t ends) const {
    return {ends_[ends].host, ends_[ends].origin};
  }
  std::size_t bytes() const { return bytes_; }  // in use

 private:
  static constexpr std::size_t kUnit = 16;
  static constexpr std::size_t kMostUnits = 24;
  static constexpr std::size_t kChunkBytes = std::size_t{256} * 1024;
  static constexpr std::size_t kMostEnds = 16384;

  // What the events of one flow of outer packets at one host share.
  struct Ends {
    HostId host = 0;
    event::Origin origin;
    event::Tuple outer;  // without id and len
    friend bool operator==(const Ends&, const Ends&) = default;
  };
  struct Identity {
    std::size_t operator()(std::uint64_t hash) const { return hash; }
  };

  static constexpr std::uint32_t kNoEnds = UINT32_MAX;
  static bool is_of(const Ends& ends, HostId host, const event::PacketEvent& event);
  std::uint32_t ends_of(HostId host, const event::PacketEvent& event);
  Packed* allocate(std::size_t bytes);
  Packed* keep_whole(const Observed& observed);

  std::vector<Ends> ends_;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t, Identity> by_hash_;
  std::array<Packed*, kMostUnits + 1> free_ = {};
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::size_t chunk_left_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace wgt::join
