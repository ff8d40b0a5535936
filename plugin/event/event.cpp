// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/event/event.h"

#include <algorithm>
#include <concepts>
#include <type_traits>

namespace wgt::event {
namespace {

template <std::size_t n>
std::uint64_t first_of(const std::array<std::uint64_t, n>& hops) {
  const auto hop = std::find_if(hops.begin(), hops.end(), [](auto ns) { return ns != 0; });
  return hop == hops.end() ? 0 : *hop;
}

template <std::size_t n>
std::uint64_t last_of(const std::array<std::uint64_t, n>& hops) {
  const auto hop = std::find_if(hops.rbegin(), hops.rend(), [](auto ns) { return ns != 0; });
  return hop == hops.rend() ? 0 : *hop;
}

template <class Kind>
concept HasHops = requires(const Kind& kind) {
  kind.hop_ns;
};
template <class Kind>
concept HasInner = requires(const Kind& kind) {
  kind.inner;
};
template <class Kind>
concept HasVerdict = requires(const Kind& kind) {
  kind.verdict;
};

}  // namespace

const Origin& origin_of(const Event& event) {
  return std::visit([](const auto& kind) -> const Origin& { return kind; }, event);
}

const PacketEvent* packet_of(const Event& event) {
  return std::visit(
      []<class Kind>(const Kind& kind) -> const PacketEvent* {
        if constexpr (std::derived_from<Kind, PacketEvent>)
          return &kind;
        else
          return nullptr;
      },
      event);
}

std::optional<PacketKey> key_of(const Event& event) {
  const PacketEvent* packet = packet_of(event);
  return packet != nullptr ? packet->key : std::nullopt;
}

VerdictId verdict_of(const Event& event) {
  return std::visit(
      []<class Kind>(const Kind& kind) {
        if constexpr (HasVerdict<Kind>)
          return kind.verdict;
        else if constexpr (std::is_same_v<Kind, Rejection>)
          return VerdictId::NETWORK_REJECTED;
        else if constexpr (std::is_same_v<Kind, FirstFragment>)
          return VerdictId::NETWORK_LOST;
        else
          return VerdictId::UNKNOWN;
      },
      event);
}

bool is_failure(const Event& event) {
  if (const auto* sent = std::get_if<Sent>(&event))
    return sent->verdict != VerdictId::UNKNOWN && !is_pending(sent->verdict);
  if (const auto* received = std::get_if<Received>(&event))
    return received->verdict != VerdictId::DELIVERED && received->verdict != VerdictId::KEEPALIVE;
  return std::holds_alternative<StackDrop>(event) || std::holds_alternative<Rejection>(event);
}

bool is_matched(const Event& event) {
  const PacketEvent* packet = packet_of(event);
  return packet != nullptr && packet->matched;
}

const Tuple* inner_of(const Sent& sent) { return sent.inner.is_known() ? &sent.inner : nullptr; }

const Tuple* inner_of(const Received& received) {
  // What a message claims that was not decrypted is nobody's word.
  const auto ended = verdict_side(received.verdict) == VerdictSide::kRx
                         ? verdict_stage(received.verdict)
                         : std::nullopt;
  const bool decrypted = !ended || *ended > Stage::kDecrypt;
  return decrypted && received.inner.is_known() ? &received.inner : nullptr;
}

const Tuple* inner_of(const Event& event) {
  if (const auto* sent = std::get_if<Sent>(&event)) return inner_of(*sent);
  if (const auto* received = std::get_if<Received>(&event)) return inner_of(*received);
  const auto* drop = std::get_if<StackDrop>(&event);
  return drop != nullptr && drop->inner.is_known() ? &drop->inner : nullptr;
}

std::uint64_t first_hop_ns(const Sent& sent) { return first_of(sent.hop_ns); }
std::uint64_t last_hop_ns(const Sent& sent) { return last_of(sent.hop_ns); }
std::uint64_t first_hop_ns(const Received& received) { return first_of(received.hop_ns); }

std::uint64_t first_hop_ns(const Event& event) {
  return std::visit(
      []<class Kind>(const Kind& kind) {
        if constexpr (HasHops<Kind>)
          return first_of(kind.hop_ns);
        else
          return kind.at_ns;
      },
      event);
}

std::uint64_t last_hop_ns(const Event& event) {
  return std::visit(
      []<class Kind>(const Kind& kind) {
        if constexpr (HasHops<Kind>)
          return last_of(kind.hop_ns);
        else
          return kind.at_ns;
      },
      event);
}

}  // namespace wgt::event
