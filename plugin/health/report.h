// SPDX-License-Identifier: GPL-2.0-only
// What `health` concludes: a status and findings per peer, and findings that are the interface's.
// Pure: facts.h in, this out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "plugin/health/facts.h"
#include "plugin/health/place.h"

namespace wgt::health {

enum class Severity : std::uint8_t { kInfo, kWarning, kError };
const char* severity_name(Severity severity);  // "info", "warning", "error"

// Worst first.
enum class Status : std::uint8_t { kDead, kOneway, kDegraded, kWaiting, kNever, kActive, kIdle };
constexpr Status kStatuses[] = {Status::kDead,    Status::kOneway, Status::kDegraded,
                                Status::kWaiting, Status::kNever,  Status::kActive,
                                Status::kIdle};
const char* status_name(Status status);

// What a finding was concluded from, in the order to be shown.
using Value = std::variant<std::int64_t, std::string>;
using Evidence = std::vector<std::pair<std::string, Value>>;

struct Finding {
  std::string id;
  Severity severity = Severity::kInfo;
  std::string message;  // a sentence without a full stop
  Evidence evidence = {};
  std::optional<std::string> advice = {};        // sentences
  std::optional<std::string> command = {};       // to be run on this host, complete
  std::optional<event::VerdictId> verdict = {};  // of the packets that it is about
  RunIn run_in = RunIn::kInterface;
};

struct Loss {
  std::uint64_t expected = 0;  // numbers of the newest session that are in the kernel's window
  std::uint64_t lost = 0;      // of those: never came, or the sender used them up by itself
};

struct PeerReport {
  wg::Peer peer = {};
  Status status = Status::kIdle;
  std::int64_t since_wall_ns = 0;  // the event that made the status so; 0: not known
  std::optional<std::int64_t> handshake_age_s = {};  // nullopt: none yet
  std::optional<std::uint32_t> attempts = {};        // initiations since the last that worked
  std::optional<std::string> last_result = {};       // "hs.…"
  std::optional<std::uint64_t> rtt_ns = {};          // of the last response that came
  std::optional<Loss> network_loss = {};
  std::vector<explain::DropRow> drops = {};
  explain::Latency tx = {};
  explain::Latency rx = {};
  std::vector<explain::SessionRow> sessions = {};
  event::PerHs handshake_counts = {};
  std::uint64_t endpoint_changes = 0;
  std::vector<event::EndpointChange> roamed = {};  // the last ones, oldest first
  std::vector<Finding> findings = {};              // worst first
};

struct InterfaceReport {
  std::string name;
  std::optional<std::string> netns = {};
  bool own_netns = true;
  std::int64_t wall_ns = 0;
  Clock clock = {};
  std::vector<explain::DropRow> drops = {};  // no peer is known to be meant
  std::vector<Finding> findings = {};
  std::vector<PeerReport> peers = {};  // worst first
};

InterfaceReport build_report(InterfaceFacts facts);

// The worst of everything: what a monitoring plugin says.
Severity worst(const InterfaceReport& report);

}  // namespace wgt::health
