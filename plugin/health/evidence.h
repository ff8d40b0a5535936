// SPDX-License-Identifier: GPL-2.0-only
// The order of evidence: a finding that was seen silences one that merely fits the same symptom.
#pragma once

#include <span>
#include <string_view>

#include "plugin/health/report.h"

namespace wgt::health {

enum class Proof : std::uint8_t {
  kSeen,        // counted, refused, answered: this host's own doing, or a message that came
  kInferred,    // the only reading of several observations together
  kCompatible,  // fits the symptom, as other causes would
};

// What is noticed, and what a finding is a cause or a name of.
enum Symptom : unsigned {
  kNone = 0,
  kNoSession = 1U << 0U,   // no handshake completes
  kSilence = 1U << 1U,     // what is sent gets no answer, or what comes is not answered
  kRejection = 1U << 2U,   // an ICMP error about what was sent
  kNotLeaving = 1U << 3U,  // this host drops what it sends
  kMoving = 1U << 4U,      // the endpoint changes
  kRanges = 1U << 5U,      // AllowedIPs are not those of the file
};

// One place in the order. A finding is left out when an earlier row, of the same peer, explains
// the symptom that it is of.
struct EvidenceRow {
  const char* id;
  std::optional<event::VerdictId> verdict;  // of findings about drops that share an id
  Proof proof;
  Symptom of;         // kNone: it stands whatever else is known
  unsigned explains;  // Symptoms
};
std::span<const EvidenceRow> order_of_evidence();  // the strongest first

// nullptr: a finding that is neither explained nor explains anything.
const EvidenceRow* row_of(const Finding& finding);

// Without those that a stronger one explains. of_interface: findings of the interface, of which
// those about all peers and those with this peer as evidence count. Findings that are only info
// silence nothing.
std::vector<Finding> strongest(std::vector<Finding> findings, std::span<const Finding> of_interface,
                               const wg::PublicKey& peer);

}  // namespace wgt::health
