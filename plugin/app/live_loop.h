// SPDX-License-Identifier: GPL-2.0-only
// The event loop of watch and record: records as they come, a tick ten times a
// second, an end by signal, by time or by the caller. One thread.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "bpf/abi/record.h"
#include "plugin/event/decoder.h"
#include "plugin/source/kernel/consumer.h"
#include "wgtools/base/result.h"

namespace wgt::app {

struct LiveOptions {
  std::optional<event::DeviceKey> device;  // nullopt: every traced one
  std::optional<std::chrono::milliseconds> duration;
  bool stacks = false;      // with drops, how the kernel came there
  bool handshakes = false;  // watch: their steps as well
};

struct LiveHandlers {
  // Called while the ring is read: quick. False: enough, end the loop.
  std::function<bool(const wgt_record&)> record;
  // The same for steps of handshakes (WGT_HANDSHAKE). Empty: they are not asked for.
  std::function<void(const wgt_record&)> handshake = {};
  // Ten times a second, and once after the last record. Every record that was
  // written before now_ns (CLOCK_MONOTONIC) has been handed out: only then may
  // the missing of one mean something. False: end the loop.
  std::function<bool(std::int64_t now_ns)> tick;
};

struct LiveResult {
  event::DecodeStats decoded;
  std::map<std::string, std::uint64_t> losses;
  // It ended because what was asked for is not traced any more: the last records may be missing.
  bool taken_down = false;
};

// Runs until SIGINT, SIGTERM, SIGHUP, options.duration, a handler ends it, or what was asked for is
// taken down (said on stderr). `ready` is called once every record from then on will be seen.
Result<LiveResult> run_live(const kernel::PinDirectory& pins, const LiveOptions& options,
                            const std::function<void(kernel::Consumer&)>& ready,
                            const LiveHandlers& handlers);

}  // namespace wgt::app
