// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/read_state.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <span>

#include "plugin/event/from_abi.h"
#include "wgtools/base/time.h"

namespace wgt::kernel {
namespace {

using event::Hs;

static_assert(event::kHsCount == WGT_HS_COUNT);
static_assert(event::kLatencyBuckets == WGT_LATENCY_BUCKETS);

event::PerHs per_hs(const __u64 (&values)[WGT_HS_COUNT]) {
  event::PerHs result;
  for (unsigned what = 0; what < WGT_HS_COUNT; what++) result[event::known_hs(what)] = values[what];
  return result;
}

// asked_ipv4: as on the wire.
std::optional<IpAddress> asked_at(const wgt_begun_session& session) {
  if (session.i_am_initiator != 0 || session.asked_ipv4 == 0) return std::nullopt;
  std::array<std::uint8_t, 4> bytes;
  std::memcpy(bytes.data(), &session.asked_ipv4, sizeof session.asked_ipv4);
  return make_ipv4(bytes);
}

template <class Each>
void oldest_first(std::vector<Each>& all) {
  std::ranges::stable_sort(all, {}, &Each::ns);
}

}  // namespace

wg::PublicKey to_public_key(const std::uint8_t (&bytes)[32]) {
  wg::PublicKey key;
  std::ranges::copy(bytes, key.bytes.begin());
  return key;
}

std::optional<Endpoint> to_endpoint(const wgt_endpoint& endpoint) {
  Endpoint result;
  const std::span<const std::uint8_t, 16> bytes(endpoint.address);
  if (endpoint.version == 4)
    result.address = make_ipv4(bytes.first<4>());
  else if (endpoint.version == 6)
    result.address = make_ipv6(bytes);
  else
    return std::nullopt;
  result.port = static_cast<std::uint16_t>(endpoint.port << 8U | endpoint.port >> 8U);
  return result;
}

event::HandshakeHistory to_history(const wgt_handshake& h) {
  event::HandshakeHistory history{
      .first_ns = h.first_ns,
      .count = per_hs(h.count),
      .last_ns = per_hs(h.last_ns),
      .previous_silence_ns = h.previous_silence_ns,
      .begun_ns = h.begun_ns,
      .tried_ns = h.tried_ns,
      .rtt_ns = h.rtt_ns,
      .their_time_s = static_cast<std::int64_t>(h.their_time_s),
      .attempts = h.attempts,
      .unconfirmed = h.unconfirmed,
      .result = event::known_hs(h.result),
      .error = -h.error,
      .endpoint_changes = h.endpoint_changes,
  };
  for (const wgt_endpoint_change& change : h.changes)
    if (change.ns != 0)
      history.changes.push_back({.after_ns = change.after_ns,
                                 .ns = change.ns,
                                 .from = to_endpoint(change.from),
                                 .to = to_endpoint(change.to),
                                 .by = event::known_hs(change.by)});
  for (const wgt_begun_session& session : h.sessions)
    if (session.ns != 0)
      history.sessions.push_back({.ns = session.ns,
                                  .local_index = session.local_index,
                                  .remote_index = session.remote_index,
                                  .i_am_initiator = session.i_am_initiator != 0,
                                  .asked_at = asked_at(session)});
  oldest_first(history.changes);
  oldest_first(history.sessions);
  return history;
}

event::UnknownSender to_unknown_sender(const wgt_unknown_sender_key& key,
                                       const wgt_unknown_sender& sender) {
  event::UnknownSender result{.result = event::known_hs(key.result),
                              .source = to_endpoint(sender.source),
                              .count = sender.count,
                              .last_ns = sender.last_ns,
                              .first_ns = sender.first_ns,
                              .without_pause = sender.without_pause};
  if (result.result == Hs::UNKNOWN_INITIATOR) result.initiator = to_public_key(key.id);
  return result;
}

event::CountedDrops to_counted_drops(const wgt_drop_key& key, const wgt_drop_count& count) {
  const wg::PublicKey peer = to_public_key(key.peer);
  return {.peer = wg::is_zero(peer) ? std::nullopt : std::optional(peer),
          .verdict = event::known_verdict(key.verdict),
          .reason = key.reason,
          .count = count.count,
          .last_ns = count.last_ns,
          .inner = event::from_abi(count.inner),
          .outer = event::from_abi(count.outer)};
}

event::Session to_session(event::SessionPlace place, const wgt_session& session) {
  return {.place = place,
          .local_index = session.local_index,
          .remote_index = session.remote_index,
          .sent_counter = session.sent_counter,
          .received_counter = session.received_counter,
          .birth_boot_ns = session.birth_boot_ns,
          .i_am_initiator = session.i_am_initiator != 0};
}

event::PeerNow to_peer_now(const wgt_peer_now& now, unsigned hz) {
  event::PeerNow result{.ns = now.ns,
                        .owes_keepalive = now.send_keepalive_at != 0,
                        .window_counter = now.window_counter,
                        .window_received = now.window_received,
                        .window_expected = now.window_expected,
                        .staged = now.staged,
                        .rx_queued = now.rx_queued,
                        .came_bytes = now.came_bytes};
  if (now.new_handshake_at != 0)
    result.new_handshake_in_ns = std::bit_cast<std::int64_t>(now.new_handshake_at - now.jiffies) *
                                 kNsPerSecond / static_cast<std::int64_t>(hz);
  return result;
}

unsigned hz_from(std::uint64_t jiffies, std::uint64_t mono_ns) {
  constexpr unsigned kPossible[] = {100, 250, 300, 1000};
  const double seconds = static_cast<double>(mono_ns) / 1e9;
  unsigned best = kPossible[0];
  double least = HUGE_VAL;
  for (const unsigned hz : kPossible) {
    const double start = 4294967296.0 - 300.0 * hz;
    const double error = std::abs((static_cast<double>(jiffies) - start) / hz - seconds);
    if (error < least) {
      least = error;
      best = hz;
    }
  }
  return best;
}

}  // namespace wgt::kernel
