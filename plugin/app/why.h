// SPDX-License-Identifier: GPL-2.0-only
// why: where a packet for an address would go, what check and health say of that tunnel, and what
// becomes of probes: one answer.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "plugin/app/probe_watch.h"
#include "plugin/app/watch.h"
#include "plugin/health/answer.h"
#include "wgtools/base/result.h"

namespace wgt::app {

struct WhyOptions {
  ProbeOptions probe;
  bool largest = false;  // probe.size: as the tunnel takes unfragmented
  std::optional<std::string> netns;
  std::optional<std::string> pair;  // where the other end listens
  std::optional<wg::PublicKey> pair_peer;
  ProbeWatch::News finished = {};
  std::function<void(const health::WhyFacts&)> begins = {};  // before the first probe is sent
};

struct Why {
  health::WhyFacts facts;
  health::Answer answer;
};

// The address that a text is, or that the name has first, as programs of that namespace find it.
// Errors: kNotFound, with the resolver's words.
Result<IpAddress> find_destination(const std::string& text,
                                   const std::optional<std::string>& netns);

// Traces the interface meanwhile, if it is not traced. A signal ends it with what is known by then.
Result<Why> why(const WhyOptions& options);

}  // namespace wgt::app
