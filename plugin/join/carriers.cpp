// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/carriers.h"

#include "plugin/join/assign.h"
#include "wgtools/base/time.h"

namespace wgt::join {
namespace {

constexpr std::uint64_t kMomentNs = kNsPerSecond;

// Who sent it and to whom, as far as the sender knows. A carrier need not have been numbered.
struct Sender {
  HostId host;
  const event::PacketEvent* packet;
};

std::optional<Sender> sender_of(const JoinedPath& path) {
  if (path.tx) return Sender{path.tx->host, &path.tx->event};
  if (path.drop &&
      event::verdict_side(event::verdict_of(path.drop->event)) == event::VerdictSide::kTx)
    return Sender{path.drop->host, event::packet_of(path.drop->event)};
  return std::nullopt;
}

// Only verdicts about the sender's side, or none, are of its own host.
bool is_at_sender(const event::Event& event) {
  if (std::holds_alternative<event::Sent>(event)) return true;
  const auto* drop = std::get_if<event::StackDrop>(&event);
  return drop != nullptr && event::verdict_side(drop->verdict) == event::VerdictSide::kTx;
}

bool same_addresses(const event::Tuple& a, const event::Tuple& b) {
  return a.src == b.src && a.dst == b.dst && a.src_port == b.src_port && a.dst_port == b.dst_port;
}

bool same_tunnel(const JoinedPath& a, const JoinedPath& b) {
  const auto one = sender_of(a);
  const auto other = sender_of(b);
  return one && other && one->host == other->host && one->packet->device == other->packet->device &&
         one->packet->peer && one->packet->peer == other->packet->peer;
}

bool comes_back(const JoinedPath& path) {
  for (const JoinedPath* carrier = path.carrier.get(); carrier; carrier = carrier->carrier.get())
    if (same_tunnel(path, *carrier)) return true;
  return false;
}

}  // namespace

bool has_own_end(const JoinedPath& path) {
  return path.rx ||
         (path.drop && !std::holds_alternative<event::FirstFragment>(path.drop->event)) ||
         !path.tx || !left_host(path.tx->event);
}

std::optional<CarriedMessage> carried_by(HostId host, const event::Event& event) {
  const event::Tuple* inner = event::inner_of(event);
  if (inner == nullptr || !inner->is_message || !is_at_sender(event)) return std::nullopt;
  return CarriedMessage{host, inner->seq};
}

std::optional<CarriedMessage> carried_by(const JoinedPath& path) {
  if (path.tx && path.tx->event.inner.is_message)
    return CarriedMessage{path.tx->host, path.tx->event.inner.seq};
  return !path.tx && path.drop ? carried_by(path.drop->host, path.drop->event) : std::nullopt;
}

std::optional<CarriedMessage> message_of(const JoinedPath& path) {
  if (!path.tx || !left_host(path.tx->event)) return std::nullopt;
  return CarriedMessage{path.tx->host, static_cast<std::uint32_t>(path.tx->event.key->counter)};
}

// Numbers come again after a rekey, so the time must fit, too. It enters its carrier while it is
// being sent, or a moment later where it goes through another namespace; translated on the way
// (masquerade) only its source is.
bool carries(const JoinedPath& carrier, const JoinedPath& carried) {
  const event::Tuple* inner = inner_of(carrier);
  if (inner == nullptr || !inner->is_message) return false;
  const event::Sent& sent = carried.tx->event;
  if (inner->seq != static_cast<std::uint32_t>(sent.key->counter)) return false;
  const std::uint64_t entered = carrier.tx ? event::first_hop_ns(carrier.tx->event)
                                           : event::first_hop_ns(carrier.drop->event);
  const std::uint64_t left = event::last_hop_ns(sent);
  if (entered < sent.hop_ns[event::Sent::kEncrypt] || entered > left + kMomentNs) return false;
  return same_addresses(*inner, sent.outer) || (entered <= left && inner->dst == sent.outer.dst &&
                                                inner->dst_port == sent.outer.dst_port);
}

void judge_by_carrier(JoinedPath& path) {
  if (!path.carrier || has_own_end(path)) return;
  const event::VerdictId there = path.carrier->verdict;
  if (comes_back(path)) {
    path.verdict = event::VerdictId::TX_LOOP;
    path.basis = Basis::kObserved;
  } else if (there != event::VerdictId::UNKNOWN && !event::is_success(there)) {
    path.verdict = there;
    path.basis = path.carrier->basis;
    path.ended_in_carrier = true;
  }
}

}  // namespace wgt::join
