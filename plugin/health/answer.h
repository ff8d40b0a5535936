// SPDX-License-Identifier: GPL-2.0-only
// One question ("why can't I reach 10.0.0.7?"), one answer: from where the packet is routed, what
// `check` and `health` say, and what became of probes. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plugin/event/event.h"
#include "plugin/explain/path_view.h"
#include "plugin/health/host_facts.h"
#include "plugin/health/report.h"
#include "wgtools/wg/outer_path.h"

namespace wgt::health {

// An ICMP error that came back about a probe.
struct ProbeRejection {
  IpAddress by = {};
  event::IcmpError what = {};
  std::uint32_t mtu = 0;  // of the link that it is too big for; 0: not said
};

// A packet that was sent to find out.
struct Probe {
  std::uint32_t number = 1;                    // from 1 on
  std::optional<std::string> error = {};       // why it could not be sent: "ENOKEY"
  std::optional<std::int64_t> answer_ns = {};  // when its answer came, since it was sent
  bool refused = false;                        // TCP: that answer was a reset
  std::optional<ProbeRejection> rejected = {};
  std::optional<explain::PathView> there = {};  // nullopt: it was not seen in a tunnel
  std::optional<explain::PathView> back = {};   // of its answer
};

struct WhyFacts {
  IpAddress destination = {};
  std::optional<std::uint16_t> port = {};  // of TCP; nullopt: ICMP echo
  std::uint32_t size = 0;                  // of ICMP echoes: bytes behind their header
  bool dont_fragment = false;
  std::optional<std::string> netns = {};   // as -n was given
  wg::Way way = {};                        // of a program's packet
  std::string interface = {};              // the tunnel that it goes into; empty: none
  std::optional<wg::Peer> peer = {};       // whose AllowedIPs have it there
  std::vector<Finding> check = {};         // of that tunnel; else of those that were to have it
  std::vector<Finding> of_interface = {};  // by health, after the probes
  std::vector<Finding> of_peer = {};
  std::vector<Probe> probes = {};
  bool other_end_watched = false;
  bool records_lost = false;
};

enum class Outcome : std::uint8_t { kFine, kDoubtful, kFault, kCannotTell };
const char* outcome_name(Outcome outcome);  // "fine", "warning", "fault", "unknown"

struct Answer {
  Outcome outcome = Outcome::kCannotTell;
  std::string id;    // a verdict's, a finding's, or "why.…"
  std::string step;  // a stage's name, "route", "configuration", "handshake", "answer"; "": none
  std::string certainty;  // explain::certainty_name()
  std::string where;      // the host that it is about, as people call it; "": this one
  std::string message;    // a sentence without a full stop
  std::optional<std::string> advice = {};
  std::optional<std::string> command = {};  // to be run where it is about
  std::optional<std::string> then = {};     // to be run on this host after that
  std::vector<std::string> not_known = {};  // what cannot be told from here
};

Answer answer(const WhyFacts& facts);

// Of an echo to the destination, unfragmented: bytes behind its header. 0: not even that fits.
std::uint32_t largest_size(const WhyFacts& facts);

// "10.0.0.7", "10.0.0.7 port 443", "[fd00::7] port 443"
std::string destination_words(const WhyFacts& facts);

}  // namespace wgt::health
