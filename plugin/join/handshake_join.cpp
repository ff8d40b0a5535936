// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/handshake_join.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace wgt::join {

using event::Hs;

namespace {

// timers.c, REKEY_TIMEOUT: after 5 s an initiation has no answer. What the other end does with it
// it has done before.
constexpr std::uint64_t kDealtWithNs = 4'000'000'000;

bool is_refusal(Hs what) {
  constexpr Hs kRefusals[] = {
      Hs::WRONG_RESPONDER_KEY, Hs::UNKNOWN_INITIATOR, Hs::REPLAYED_TIMESTAMP, Hs::FLOOD,
      Hs::COOKIE_REQUIRED,     Hs::RATE_LIMITED,      Hs::NO_IDENTITY,        Hs::UNDECRYPTABLE,
      Hs::QUEUE_FULL};
  return std::ranges::find(kRefusals, what) != std::end(kRefusals);
}

// How much a step tells of what became of an initiation: the answer is later than what it answers.
std::optional<HandshakeFate> fate_of(Hs what, bool at_initiator, bool is_answer) {
  if (at_initiator) {
    if ((what == Hs::DROPPED_IN || what == Hs::QUEUE_FULL) && is_answer)
      return HandshakeFate::kAnswerDropped;
    if (what == Hs::DROPPED_OUT && !is_answer) return HandshakeFate::kDroppedLeaving;
    return std::nullopt;
  }
  if (is_answer) {
    if (what == Hs::RESPONSE_SENT) return HandshakeFate::kAnswerLost;
    if (what == Hs::NOT_LEAVING || what == Hs::DROPPED_OUT) return HandshakeFate::kAnswerNotLeaving;
    return std::nullopt;
  }
  if (what == Hs::DROPPED_IN) return HandshakeFate::kDroppedArriving;
  if (is_refusal(what)) return HandshakeFate::kRefused;
  return std::nullopt;
}

// What is nearest to the end of the message's way is its fate: an answer that was sent and then
// dropped, here or there, was not lost in between.
int weight(HandshakeFate fate) {
  constexpr HandshakeFate kWeakestFirst[] = {
      HandshakeFate::kNeverCame,     HandshakeFate::kDroppedLeaving,
      HandshakeFate::kRefused,       HandshakeFate::kDroppedArriving,
      HandshakeFate::kAnswerLost,    HandshakeFate::kAnswerNotLeaving,
      HandshakeFate::kAnswerDropped,
  };
  return static_cast<int>(std::ranges::find(kWeakestFirst, fate) - std::begin(kWeakestFirst));
}

}  // namespace

HandshakeJoin::HandshakeJoin(const Hosts& hosts, SawAll saw_all, std::size_t max_steps)
    : hosts_(hosts), saw_all_(std::move(saw_all)), max_steps_(max_steps) {}

void HandshakeJoin::add(HostId host, const event::HandshakeStep& step) {
  const Step known{host, step.device, step.what, false, step.reason};
  if (step.sender_index != 0) remember(step.sender_index, known);
  if (step.receiver_index == 0) return;
  Step answer = known;
  answer.is_answer = true;
  remember(step.receiver_index, answer);
}

void HandshakeJoin::remember(std::uint32_t index, const Step& step) {
  oldest_first_.push_back(steps_.emplace(index, step));
  if (oldest_first_.size() <= max_steps_) return;
  steps_.erase(oldest_first_.front());
  oldest_first_.pop_front();
}

JoinedHandshake HandshakeJoin::conclude(HostId host, const event::HandshakeStep& step) const {
  JoinedHandshake joined{{host, step}, std::nullopt};
  if (step.what == Hs::NO_ANSWER && step.peer) joined.other_end = why_no_answer(host, step);
  return joined;
}

std::optional<JoinedHandshake::OtherEnd> HandshakeJoin::why_no_answer(
    HostId here, const event::HandshakeStep& step) const {
  const std::uint32_t index = step.sender_index;
  const wg::PublicKey& peer = *step.peer;
  const std::uint64_t sent_ns = step.initiated_ns;
  if (index == 0) return std::nullopt;

  const auto is_of_peer = [&](const Step& other) {
    const wg::PublicKey* key = hosts_.device_key(other.host, other.device);
    return key != nullptr && *key == peer;
  };
  bool may_have_come = false;
  std::optional<JoinedHandshake::OtherEnd> known;
  const auto [begin, end] = steps_.equal_range(index);
  for (auto at = begin; at != end; ++at) {
    const Step& other = at->second;
    const bool is_here = other.host == here && other.device == step.device;
    // An index of somebody else's may happen to be the same. Who got it by a wrong key is not peer.
    if (!is_here && !is_of_peer(other) && other.what != Hs::WRONG_RESPONDER_KEY) continue;
    if (!is_here && other.what == Hs::INITIATION_ACCEPTED) may_have_come = true;
    const auto fate = fate_of(other.what, is_here, other.is_answer);
    if (fate && (!known || weight(*fate) > weight(known->fate)))
      known = {*fate, other.host, other.device, other.what, other.reason};
  }
  const std::uint64_t until_ns = std::min(step.at_ns, sent_ns + kDealtWithNs);
  if (known) {
    // It may have come, or been dropped: what was lost here could tell.
    const bool whole = known->fate != HandshakeFate::kAnswerLost ||
                       saw_all_({here, step.device}, here, sent_ns, until_ns);
    return whole ? known : std::nullopt;
  }
  if (may_have_come || sent_ns == 0) return std::nullopt;
  for (const Hosts::Place& there : hosts_.watching(peer))
    if (saw_all_(there, here, sent_ns, until_ns))
      return JoinedHandshake::OtherEnd{HandshakeFate::kNeverCame, there.host, there.device,
                                       Hs::NONE, 0};
  return std::nullopt;
}

}  // namespace wgt::join
