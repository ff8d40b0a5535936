// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/health/status.h"

#include "plugin/health/times.h"

namespace wgt::health {
namespace {

constexpr std::uint32_t kDeadAfterTries = 3;
constexpr std::int64_t kAnswerWithinMs = 15'000;  // timers.c: KEEPALIVE_TIMEOUT + REKEY_TIMEOUT

State while_trying(const event::HandshakeHistory& h) {
  const bool gave_up = h.last_ns[Hs::GAVE_UP] >= h.begun_ns;
  if (gave_up || h.attempts >= kDeadAfterTries) return {Status::kDead, h.begun_ns};
  // It began because data got no answer.
  if (h.last_ns[Hs::SILENCE] > h.last_ns[Hs::COMPLETED])
    return {Status::kOneway, h.last_ns[Hs::SILENCE]};
  return {Status::kWaiting, h.begun_ns};
}

bool had_handshake(const PeerFacts& peer) {
  return peer.section.peer.last_handshake_unix_s != 0 || peer.section.peer.last_handshake_ns != 0 ||
         (peer.handshake && peer.handshake->last_ns[Hs::COMPLETED] != 0);
}

}  // namespace

State state_of(const PeerFacts& peer, const InterfaceFacts& facts) {
  std::uint64_t completed = 0;
  if (peer.handshake) {
    const event::HandshakeHistory& h = *peer.handshake;
    completed = h.last_ns[Hs::COMPLETED];
    if (h.attempts != 0 && h.tried_ns > completed) return while_trying(h);
    // Its initiations were answered, and it went on to make new ones.
    if (h.unconfirmed >= kDeadAfterTries && is_recent(facts, h.last_ns[Hs::RESPONSE_SENT]))
      return {Status::kDead, h.last_ns[Hs::RESPONSE_SENT]};
    if (h.unconfirmed != 0 && is_recent(facts, h.last_ns[Hs::RESPONSE_SENT]) &&
        !had_handshake(peer))
      return {Status::kWaiting, h.last_ns[Hs::RESPONSE_SENT]};
  }
  if (!had_handshake(peer)) return {Status::kNever, 0};
  if (peer.now) {
    const auto unanswered = unanswered_ms(*peer.now);
    if (unanswered && *unanswered >= kAnswerWithinMs) return {Status::kOneway, completed};
    // Data went or came within the last seconds.
    if (unanswered || peer.now->owes_keepalive) return {Status::kActive, completed};
  }
  return {Status::kIdle, completed};
}

}  // namespace wgt::health
