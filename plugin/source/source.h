// SPDX-License-Identifier: GPL-2.0-only
// The port for what was seen on one host: this one (kernel/), the tunnel's other end (peer/), a
// file (recording/). A source hands its events to an EventSink and knows nothing of what becomes of
// them. Single-threaded: it calls from within start() and stop(), and from whatever io_context it
// was given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plugin/event/event.h"
#include "plugin/event/host_info.h"
#include "plugin/filter/instruction.h"
#include "wgtools/base/result.h"

namespace wgt::source {

struct Wanted {
  std::optional<event::DeviceKey> device = {};  // nullopt: every traced one
  bool stacks = false;                          // with drops, how the kernel came there
  bool handshakes = false;                      // steps of handshakes, too
  // Of what ends by itself and can be started again: host and progress, and only some of its
  // events, spread over all of it. What can't do with less hands out everything.
  bool outline = false;
  // Of packets whose inner packet is known, only those that this takes: classic BPF on raw IP, as
  // PacketFilter::instructions(). Empty: all. What it took is PacketEvent::matched.
  std::vector<filter::Instruction> filter = {};
  // Of other devices and whatever `filter` says: packets that are messages of a tunnel themselves,
  // so that a packet can be followed into the tunnel that carries it.
  bool carriers = false;
  std::uint32_t sample = 1;  // one of so many packets, as filter::in_sample(); of drops all
};

// Events that were not made because of `filter` and `sample`.
struct LeftOut {
  std::uint64_t filtered = 0;
  std::uint64_t sampled = 0;
};

// Events that the host could not write or we could not read, since the start.
struct Losses {
  std::map<std::string, std::uint64_t> by_cause;  // names of bpf/abi/losses.def
  std::uint64_t broken = 0;                       // came, but did not decode

  std::uint64_t total() const {
    std::uint64_t all = broken;
    for (const auto& [cause, count] : by_cause) all += count;
    return all;
  }
};

// CLOCK_MONOTONIC of this host (1, 4) and of the source's (2, 3).
struct RoundTrip {
  std::uint64_t t1 = 0;  // a message left here
  std::uint64_t t2 = 0;  // came there
  std::uint64_t t3 = 0;  // its answer left there
  std::uint64_t t4 = 0;  // came here

  // On the wire, without the time that the other end took.
  std::uint64_t length_ns() const { return (t4 - t1) - (t3 - t2); }
};

struct Progress {
  std::uint64_t seen_until_ns = 0;  // every event before it, on the host's clock, was handed out
  std::uint64_t lost = 0;           // Losses::total() by then
};

enum class End : std::uint8_t {
  kWhole,  // as it was meant
  kCut,  // what came after the last progress is not known: a session ended, which may begin again;
         // what was traced was taken down; a file breaks off
};

class EventSink {
 public:
  // Events are about to come: whatever must be watching by then may be started now. An error ends
  // the source.
  virtual Result<void> ready() { return {}; }
  // The host's names and clock: before its first event, and again when they changed. Another
  // boot_id: it was booted meanwhile, and its clock is another one.
  virtual void host(const event::HostInfo& host) = 0;
  // Quick: a ring is being read. `bytes`: the event as the kernel side wrote it, where that is at
  // hand. False: enough, the source hands out nothing more.
  virtual bool event(const event::Event& event, std::span<const std::byte> bytes) = 0;
  // Every 100 ms or so while events may come, and after the last one. False: enough.
  virtual bool progress(const Progress& progress) = 0;
  // Only sources of other hosts that answer.
  virtual void round_trip(const RoundTrip&) {}
  // Whether events can be taken in. A source that can wait then holds them back; what it has no
  // place for it counts as lost.
  virtual bool has_room() const { return true; }
  virtual void ended(End end) = 0;
  // It will not work, or not go on.
  virtual void failed(Error error) = 0;
  // For whoever runs it.
  virtual void notice(const std::string& text) = 0;

 protected:
  ~EventSink() = default;
};

class Source {
 public:
  virtual ~Source() = default;
  // Where it is, if it is another host: "b.example.net:51822". Else empty.
  virtual std::string name() const { return {}; }
  // `sink` must outlive the source. A file is read to its end before it returns.
  virtual Result<void> start(const Wanted& wanted, EventSink& sink) = 0;
  // No new events; those that are there are handed out, then a last progress, then its end.
  // Harmless when it does not run. What it still has to send, it sends while its io_context runs.
  virtual void stop() = 0;
  virtual Losses losses() const = 0;
  virtual LeftOut left_out() const { return {}; }
  // Progress::seen_until_ns of the last one; 0: there was none.
  virtual std::uint64_t seen_until() const = 0;
};

}  // namespace wgt::source
