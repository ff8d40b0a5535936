// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/handshake_join.h"

#include <algorithm>
#include <iterator>

#include "bpf/abi/handshake.h"

namespace wgt::join {
namespace {

// timers.c, REKEY_TIMEOUT: after 5 s an initiation has no answer. What the other end does with it
// it has done before.
constexpr std::uint64_t kDealtWithNs = 4'000'000'000;

bool is_refusal(std::uint8_t what) {
  constexpr wgt_hs kRefusals[] = {WGT_HS_WRONG_RESPONDER_KEY, WGT_HS_UNKNOWN_INITIATOR,
                                  WGT_HS_REPLAYED_TIMESTAMP,  WGT_HS_FLOOD,
                                  WGT_HS_COOKIE_REQUIRED,     WGT_HS_RATE_LIMITED,
                                  WGT_HS_NO_IDENTITY,         WGT_HS_UNDECRYPTABLE,
                                  WGT_HS_QUEUE_FULL};
  return std::ranges::find(kRefusals, what) != std::end(kRefusals);
}

// How much a step tells of what became of an initiation: the answer is later than what it answers.
std::optional<HandshakeFate> fate_of(std::uint8_t what, bool at_initiator, bool is_answer) {
  if (at_initiator) {
    if ((what == WGT_HS_DROPPED_IN || what == WGT_HS_QUEUE_FULL) && is_answer)
      return HandshakeFate::kAnswerDropped;
    if (what == WGT_HS_DROPPED_OUT && !is_answer) return HandshakeFate::kDroppedLeaving;
    return std::nullopt;
  }
  if (is_answer) {
    if (what == WGT_HS_RESPONSE_SENT) return HandshakeFate::kAnswerLost;
    if (what == WGT_HS_NOT_LEAVING || what == WGT_HS_DROPPED_OUT)
      return HandshakeFate::kAnswerNotLeaving;
    return std::nullopt;
  }
  if (what == WGT_HS_DROPPED_IN) return HandshakeFate::kDroppedArriving;
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

void HandshakeJoin::add(const Observed& step) {
  const auto sender = static_cast<std::uint32_t>(step.record.counter);
  const std::uint32_t receiver = step.record.receiver_index;
  if (sender != 0) remember(sender, step, false);
  if (receiver != 0) remember(receiver, step, true);
}

void HandshakeJoin::remember(std::uint32_t index, const Observed& step, bool is_answer) {
  const wgt_record& r = step.record;
  const bool dropped = r.verdict == WGT_HS_DROPPED_IN || r.verdict == WGT_HS_DROPPED_OUT;
  oldest_first_.push_back(steps_.emplace(index, Step{step.host, event::device_of(r), r.verdict,
                                                     is_answer, dropped ? r.drop_reason : 0}));
  if (oldest_first_.size() <= max_steps_) return;
  steps_.erase(oldest_first_.front());
  oldest_first_.pop_front();
}

JoinedHandshake HandshakeJoin::conclude(const Observed& step) const {
  JoinedHandshake joined{step, std::nullopt};
  if (step.record.verdict == WGT_HS_NO_ANSWER && (step.record.flags & WGT_F_PEER) != 0)
    joined.other_end = why_no_answer(step);
  return joined;
}

std::optional<JoinedHandshake::OtherEnd> HandshakeJoin::why_no_answer(const Observed& step) const {
  const auto index = static_cast<std::uint32_t>(step.record.counter);
  const wg::PublicKey peer = peer_of(step.record);
  const std::uint64_t sent_ns = step.record.hop_ns[1];
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
    const bool here = other.host == step.host && other.device == event::device_of(step.record);
    // An index of somebody else's may happen to be the same. Who got it by a wrong key is not peer.
    if (!here && !is_of_peer(other) && other.what != WGT_HS_WRONG_RESPONDER_KEY) continue;
    if (!here && other.what == WGT_HS_INITIATION_ACCEPTED) may_have_come = true;
    const auto fate = fate_of(other.what, here, other.is_answer);
    if (fate && (!known || weight(*fate) > weight(known->fate)))
      known = {*fate, other.host, other.device, other.what, other.reason};
  }
  const std::uint64_t until_ns =
      std::min<std::uint64_t>(step.record.hop_ns[0], sent_ns + kDealtWithNs);
  if (known) {
    // It may have come, or been dropped: what was lost here could tell.
    const bool whole = known->fate != HandshakeFate::kAnswerLost ||
                       saw_all_(step.host, step.host, sent_ns, until_ns);
    return whole ? known : std::nullopt;
  }
  if (may_have_come || sent_ns == 0) return std::nullopt;
  for (const HostId there : hosts_.watching(peer))
    for (const event::DeviceInfo& device : hosts_[there].devices)
      if (device.public_key == peer && saw_all_(there, step.host, sent_ns, until_ns))
        return JoinedHandshake::OtherEnd{HandshakeFate::kNeverCame, there, device.key, 0, 0};
  return std::nullopt;
}

}  // namespace wgt::join
