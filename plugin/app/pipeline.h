// SPDX-License-Identifier: GPL-2.0-only
// sources -> join -> choice -> sink, live: the pipeline of watch and watch --pair (of what was
// recorded: batch.h). Who owns what while it runs:
//
//   whoever calls    the sources, the sink, and the LiveRun: the io_context of live sources
//   a source         what its events come from: consumer and ring, session, file
//   Pipeline         the join, the choice, and an inlet for each source
//
// One thread. watch.cpp puts them together.
#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <optional>
#include <string>

#include "plugin/app/live_run.h"
#include "plugin/app/path_stream.h"
#include "plugin/join/handshake_join.h"
#include "plugin/join/path_join.h"
#include "plugin/source/source.h"

namespace wgt::app {

struct PipelineOptions {
  source::Wanted wanted = {};
  std::optional<std::chrono::milliseconds> duration = {};
  // When all sources are there, instead of saying so. Empty: it is said.
  std::function<void(LiveRun& run)> begun = {};
  // Events that the join is to see; empty: all. Steps of handshakes always are.
  std::function<bool(const event::Event&)> admits = {};
  std::string expression = {};  // of what `admits` leaves out, for the join; "": nothing
  // The device as it is configured now, for advice; and to read it again first. Both may be empty.
  explain::DeviceLookup device_of = {};
  std::function<void()> refresh = {};
};

class Pipeline {
 public:
  // All but the options must outlive it.
  Pipeline(LiveRun& run, const PathChoice& choice, sink::Sink& sink, PipelineOptions options);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // This host's first: its clock is the join's. Each must outlive run().
  void add(source::Source& source);

  // Until a signal, the time, enough paths, or a closed output. Starts the last source; those
  // before it when it is ready. Errors: a source fails before all were there; the output is closed.
  Result<explain::Summary> run();

 private:
  class Inlet;

  Result<void> start_before(const Inlet& inlet);
  void came(const Inlet& inlet);
  bool publish(const join::JoinedPath& joined);
  void publish(join::HostId host, const event::HandshakeStep& step);
  bool progress(const Inlet& inlet, const source::Progress& progress);
  void end(source::End end);
  void fail(Error error);
  void print_clocks() const;
  std::uint64_t lost() const;

  LiveRun& run_;
  sink::Sink& sink_;
  const PipelineOptions options_;
  PathStream stream_;
  join::PathJoin join_;
  join::HandshakeJoin handshakes_;
  std::list<Inlet> inlets_;
  bool begun_ = false;
  bool taken_down_ = false;  // before the watch ended
  std::optional<Error> failure_;
};

}  // namespace wgt::app
