// SPDX-License-Identifier: GPL-2.0-only
// Tunnels in tunnels. What one tunnel sends is the inner packet of another, of the same host or of
// another peer of the same device: that one carries it, and what ends the carrier has ended it,
// too.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include "plugin/join/joined_path.h"

namespace wgt::join {

// How a carrier knows what it carries: whose message it is, its addresses or its time must tell.
struct CarriedMessage {
  HostId host = 0;
  std::uint32_t number = 0;  // the lower half
  friend auto operator<=>(const CarriedMessage&, const CarriedMessage&) = default;
};
struct CarriedMessageHash {
  std::size_t operator()(const CarriedMessage& message) const {
    return std::hash<std::uint64_t>()(std::uint64_t{message.host} << 32U ^ message.number);
  }
};

// nullopt: it carries nothing, or was not seen where it was sent.
std::optional<CarriedMessage> carried_by(HostId host, const event::Event& event);
std::optional<CarriedMessage> carried_by(const JoinedPath& path);
// Of a packet that left WireGuard. nullopt: it did not.
std::optional<CarriedMessage> message_of(const JoinedPath& path);
// Is that the message? `carried` has left WireGuard.
bool carries(const JoinedPath& carrier, const JoinedPath& carried);

// Whether somebody saw what became of it, or it did not get that far.
bool has_own_end(const JoinedPath& path);

// A packet whose own end was not seen ended as its carrier did, if that is known to have ended
// otherwise than well. One that came back to the same peer goes round.
void judge_by_carrier(JoinedPath& path);

// More tunnels in each other than anybody has; what somebody made up may go on for ever.
inline constexpr int kMaxCarriers = 8;

// Carriers that were published, and which packets they may carry. Bounded: the oldest are
// forgotten. Packet: how the packet is found again.
template <class Packet>
class Carriers {
 public:
  explicit Carriers(std::size_t capacity) : paths_(capacity), sent_(capacity) {}

  // Whether there are any: else nothing need be noted.
  bool in_use() const { return in_use_; }
  void use() { in_use_ = true; }

  void remember(const CarriedMessage& message, const JoinedPath& carrier) {
    paths_.set(message, std::make_shared<const JoinedPath>(carrier));
  }
  std::shared_ptr<const JoinedPath> of(const CarriedMessage& message,
                                       const JoinedPath& carried) const {
    const auto* known = paths_.find(message);
    return known && (*known)->carriers < kMaxCarriers && carries(**known, carried) ? *known
                                                                                   : nullptr;
  }

  void note_sent(const CarriedMessage& message, Packet packet) { sent_.set(message, packet); }
  std::optional<Packet> sent(const CarriedMessage& message) const {
    const Packet* known = sent_.find(message);
    return known ? std::optional(*known) : std::nullopt;
  }

 private:
  template <class Value>
  class Memory {
   public:
    explicit Memory(std::size_t capacity) : capacity_(capacity) {}
    void set(const CarriedMessage& message, Value value) {
      if (all_.insert_or_assign(message, std::move(value)).second) oldest_first_.push_back(message);
      if (oldest_first_.size() <= capacity_) return;
      all_.erase(oldest_first_.front());
      oldest_first_.pop_front();
    }
    const Value* find(const CarriedMessage& message) const {
      const auto found = all_.find(message);
      return found == all_.end() ? nullptr : &found->second;
    }

   private:
    std::size_t capacity_;
    std::unordered_map<CarriedMessage, Value, CarriedMessageHash> all_;
    std::deque<CarriedMessage> oldest_first_;
  };

  bool in_use_ = false;
  Memory<std::shared_ptr<const JoinedPath>> paths_;
  Memory<Packet> sent_;
};

}  // namespace wgt::join
