// SPDX-License-Identifier: GPL-2.0-only
// This host's names while records come: devices that are traced later are
// learnt, devices that go away stay known, drop locations get their function.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "plugin/event/event.h"
#include "plugin/event/host_info.h"
#include "plugin/source/kernel/bpffs.h"
#include "plugin/source/kernel/tracer.h"
#include "wgtools/base/result.h"
#include "wgtools/wg/device.h"

namespace wgt::kernel {

class LiveHost {
 public:
  // only: the one device whose records come; nullopt: those of all that are traced. Others are
  // not in info(): there they would count as watched.
  static Result<LiveHost> open(const PinDirectory& pins, std::optional<event::DeviceKey> only);

  // Looks up what the event names and is not known yet.
  void learn(const event::Event& event);
  void learn(const event::DeviceKey& device);
  // A device that carries a tunnel's messages (source::Wanted::carriers): its name alone.
  void learn_carrier(const event::DeviceKey& device);
  // Sees which devices are not traced any more, or are again. Cheap; at every tick: from when on
  // nothing of a device was seen must be known before its packets are missed.
  void check_traced();
  // Reads the devices, their peers and AllowedIPs again, at most ten times a second.
  void refresh_if_old();
  // Whether info() changed since the last call.
  bool take_changed() { return std::exchange(changed_, false); }

  event::HostInfo& info() { return info_; }
  const wg::Device* device(event::DeviceKey key) const;

 private:
  void refresh();
  void poll();
  void name_new(std::span<const TracedDevice> traced);
  bool is_named(const event::DeviceKey& device) const;
  // keys: of some that are traced.
  void name(std::span<const TracedDevice> traced, std::span<const event::DeviceKey> keys);
  void ask_who_waits(std::span<const TracedDevice> traced, std::uint64_t now_ns);
  void note_times(std::span<const TracedDevice> traced);
  void learn_function(std::uint64_t location);
  void learn_stack(std::uint32_t stack);
  LiveHost(PinDirectory pins, std::optional<event::DeviceKey> only)
      : pins_(std::move(pins)), only_(only) {}

  PinDirectory pins_;
  std::optional<event::DeviceKey> only_;
  event::HostInfo info_;
  std::map<event::DeviceKey, wg::Device> devices_;
  std::chrono::steady_clock::time_point looked_{};
  std::chrono::steady_clock::duration took_{};
  std::chrono::steady_clock::time_point asked_{};  // who waits
  std::chrono::steady_clock::time_point carriers_looked_{};
  std::chrono::steady_clock::time_point name_again_{};  // new ones
  int unnamed_tries_ = 0;
  std::chrono::steady_clock::duration asking_took_{};
  std::uint64_t seen_traced_ns_ = 0;  // when the traced devices were read last
  bool changed_ = false;
};

}  // namespace wgt::kernel
