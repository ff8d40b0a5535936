// SPDX-License-Identifier: GPL-2.0-only
// The event loop of watch and record: records as they come, a tick ten times a
// second, an end by signal, by time or by the caller. One thread.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>

#include "plugin/event/from_abi.h"
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
  // Called while the ring is read: quick. `bytes`: the event as the kernel side wrote it. False:
  // enough, end the loop.
  std::function<bool(event::Event event, std::span<const std::byte> bytes)> event;
  // The same for steps of handshakes. Empty: they are not asked for.
  std::function<void(const event::HandshakeStep& step, std::span<const std::byte> bytes)>
      handshake = {};
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
