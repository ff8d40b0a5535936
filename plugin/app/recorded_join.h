// SPDX-License-Identifier: GPL-2.0-only
// Recordings -> join: all of them are read at once, each as far as the others, and forgotten on the
// way. Memory does not grow with their length.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plugin/app/read_ahead.h"
#include "plugin/app/survey.h"
#include "plugin/join/handshake_join.h"
#include "plugin/join/offline_knowledge.h"
#include "plugin/join/path_join.h"
#include "plugin/join/twins.h"

namespace wgt::app {

struct RecordedStats {
  std::uint64_t records = 0;     // without duplicates
  std::uint64_t duplicates = 0;  // also in another recording of the same host
  join::JoinStats join;
};

class RecordedJoin {
 public:
  struct Out {
    std::function<bool(const join::JoinedPath&)> path;                 // whether it was shown
    std::function<void(const join::JoinedHandshake&)> handshake = {};  // among the paths, by time
    std::function<bool()> enough = {};                                 // reads no more
    std::function<void(std::uint64_t records)> read = {};              // so many so far
  };

  // The sources must outlive it: each is started twice. drops_only: Out::path is not called for
  // most packets that were delivered; they are JoinStats::passed_over.
  RecordedJoin(Survey survey, std::span<source::Source* const> sources, bool drops_only = false);
  ~RecordedJoin();

  // Its files' reports are whole after run().
  const join::Recordings& recordings() const { return survey_.recordings; }
  std::span<const event::HostInfo> hosts() const { return survey_.recordings.hosts.all(); }
  RecordedStats run(const Out& out);

 private:
  struct Lane;
  struct Step {
    std::int64_t at_ns;  // on the first host's clock
    join::HostId host;
    event::HandshakeStep step;
  };

  Lane* furthest_behind();
  void read(Lane& lane);
  void take(Lane& lane, const event::Event& event);
  void end(Lane& lane);
  std::int64_t read_until() const;
  void tell_steps(std::int64_t until_ns);

  Survey survey_;
  join::RecordedWatchers watchers_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<std::optional<join::Twins>> twins_;  // by host, where there can be any
  const Out* out_ = nullptr;
  join::PathJoin join_;
  join::HandshakeJoin handshakes_;
  std::deque<Step> steps_;  // by time
  RecordedStats stats_;
};

}  // namespace wgt::app
