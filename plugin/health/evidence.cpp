// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/health/evidence.h"

#include <algorithm>

namespace wgt::health {
namespace {

using enum Proof;
using event::VerdictId;

constexpr unsigned kDown = kNoSession | kSilence;

constexpr EvidenceRow kOrder[] = {
    // --- seen: what this host knows of itself
    {"host.interface_down", {}, kSeen, kNone, kDown},
    {"hs.no_identity", {}, kSeen, kNone, kDown},
    {"hs.not_leaving", {}, kSeen, kNoSession, kDown | kNotLeaving},
    // --- seen: what somebody said of the handshake
    {"hs.psk_mismatch", {}, kSeen, kNoSession, kDown},
    {"hs.late_response", {}, kSeen, kNoSession, kDown},
    // Two readings of the same ICMP error, with what else is known of the peer.
    {"path.wrong_source", {}, kSeen, kNoSession, kDown | kRejection},
    {"endpoint.nat_timeout", {}, kSeen, kNoSession, kDown | kRejection},
    {"path.rejected", {}, kSeen, kRejection, kDown},
    {"hs.replayed_timestamp", {}, kSeen, kNoSession, kDown},
    {"hs.unknown_initiator", {}, kSeen, kNone, kDown},
    {"hs.wrong_responder_key", {}, kSeen, kNone, kDown},
    {"hs.rate_limited", {}, kSeen, kNoSession, kNoSession},
    {"hs.cookie_required", {}, kSeen, kNoSession, kNoSession},
    // --- seen: packets that this host dropped
    {"config.loop", VerdictId::TX_LOOP, kSeen, kNone, kDown},
    {"tx.no_socket", VerdictId::TX_NO_SOCKET, kSeen, kNone, kDown},
    {"tx.no_route", VerdictId::TX_NO_ROUTE, kSeen, kNone, kDown},
    {"tx.no_endpoint", VerdictId::TX_NO_ENDPOINT, kSeen, kNone, kDown},
    {"tx.no_endpoint_family", VerdictId::TX_NO_ENDPOINT_FAMILY, kSeen, kNone, kDown},
    {"host.ipsec_policy", VerdictId::OUTER_IN, kSeen, kNone, kDown},
    {"host.firewall", VerdictId::OUTER_IN, kSeen, kNone, kDown},
    {"host.rp_filter", VerdictId::OUTER_IN, kSeen, kNone, kDown},
    {"outer_in", VerdictId::OUTER_IN, kSeen, kNone, kDown},
    {"host.ipsec_policy", VerdictId::OUTER_OUT, kSeen, kNotLeaving, kDown},
    {"host.firewall", VerdictId::OUTER_OUT, kSeen, kNotLeaving, kDown},
    {"outer_out", VerdictId::OUTER_OUT, kSeen, kNotLeaving, kDown},
    {"rx.disallowed_source", VerdictId::RX_DISALLOWED_SOURCE, kSeen, kNone, kSilence},
    {"host.forwarding_off", VerdictId::INNER_IN, kSeen, kNone, kSilence},
    {"host.firewall", VerdictId::INNER_IN, kSeen, kNone, kSilence},
    {"host.rp_filter", VerdictId::INNER_IN, kSeen, kNone, kSilence},
    // --- seen: the configuration
    {"config.allowed_ips_moved", {}, kSeen, kNone, kRanges},
    // --- inferred
    {"hs.crossed", {}, kInferred, kNoSession, kDown},
    {"path.handshakes_filtered", {}, kInferred, kNoSession, kDown},
    {"endpoint.shared_key", {}, kInferred, kNone, kMoving},
    // --- compatible
    {"hs.gave_up", {}, kCompatible, kNoSession, kDown},
    {"hs.no_answer", {}, kCompatible, kNoSession, kDown},
    {"path.oneway", {}, kCompatible, kSilence, kNone},
    {"host.no_return_route", {}, kCompatible, kSilence, kNone},
    {"hs.flood", {}, kCompatible, kNoSession, kNone},
    // Packets that waited for a session: what became of them is no cause.
    {"tx.staged_overflow", VerdictId::TX_STAGED_OVERFLOW, kCompatible, kNoSession, kNone},
    {"tx.staged_purged", VerdictId::TX_STAGED_PURGED, kCompatible, kNoSession, kNone},
    {"endpoint.roamed", {}, kCompatible, kMoving, kNone},
    {"config.no_allowed_ips", {}, kCompatible, kRanges, kNone},
    {"config.differs_from_file", {}, kCompatible, kRanges, kNone},
};
static_assert(std::ranges::is_sorted(kOrder, {}, &EvidenceRow::proof));

// Of the interface's findings, whether one is about this peer: about everybody, or it names it.
bool is_about(const Finding& finding, const wg::PublicKey& peer) {
  if (finding.id == "host.interface_down" || finding.id == "hs.no_identity") return true;
  const auto named = std::ranges::find(finding.evidence, "peer", &Evidence::value_type::first);
  return named != finding.evidence.end() && named->second == Value(wg::to_base64(peer));
}

bool silences(const Finding& strong, const EvidenceRow& weak) {
  if (strong.severity == Severity::kInfo) return false;
  const EvidenceRow* row = row_of(strong);
  return row != nullptr && row < &weak && (row->explains & weak.of) != 0;
}

}  // namespace

std::span<const EvidenceRow> order_of_evidence() { return kOrder; }

const EvidenceRow* row_of(const Finding& finding) {
  const auto* found = std::ranges::find_if(kOrder, [&](const EvidenceRow& row) {
    return finding.id == row.id && (!row.verdict || row.verdict == finding.verdict);
  });
  return found == std::end(kOrder) ? nullptr : found;
}

std::vector<Finding> strongest(std::vector<Finding> findings, std::span<const Finding> of_interface,
                               const wg::PublicKey& peer) {
  std::vector<bool> left_out;
  left_out.reserve(findings.size());
  for (const Finding& finding : findings) {
    const EvidenceRow* weak = row_of(finding);
    left_out.push_back(
        weak != nullptr &&
        (std::ranges::any_of(findings, [&](const Finding& f) { return silences(f, *weak); }) ||
         std::ranges::any_of(of_interface, [&](const Finding& f) {
           return is_about(f, peer) && silences(f, *weak);
         })));
  }
  std::vector<Finding> stays;
  for (std::size_t i = 0; i < findings.size(); i++)
    if (!left_out[i]) stays.push_back(std::move(findings[i]));
  return stays;
}

}  // namespace wgt::health
