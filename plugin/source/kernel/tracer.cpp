// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/tracer.h"

#include <unistd.h>

#include <algorithm>
#include <set>

#include "bpf/abi/state.h"
#include "plugin/event/from_abi.h"
#include "plugin/event/to_abi.h"
#include "plugin/source/kernel/attached_programs.h"
#include "plugin/source/kernel/clock.h"
#include "plugin/source/kernel/function_places.h"
#include "plugin/source/kernel/maps.h"
#include "plugin/source/kernel/sweep.h"

namespace wgt::kernel {

namespace {

using ConfigMap = PinnedMap<std::uint32_t, wgt_config>;
using DeviceMap = PinnedMap<wgt_device_key, wgt_device>;
using NetnsMap = PinnedMap<std::uint32_t, std::uint32_t>;

enum class Pinned { kNothing, kOurs, kHalf };

// kHalf: a loader was killed before it wrote wgt_config, its last step.
Result<Pinned> pinned(const PinDirectory& pins) {
  if (!pins.exists()) return Pinned::kNothing;
  const auto map = ConfigMap::open(pins, "wgt_config");
  if (!map && map.error().code != Errc::kNotFound) return map.error();
  const auto config = map ? map->get(0) : std::nullopt;
  if (!config || config->abi == 0) return Pinned::kHalf;
  if (config->abi != WGT_STATE_VERSION)
    return make_error(Errc::kVersion,
                      "the programs in the kernel are of another version of wg-trace (state " +
                          std::to_string(config->abi) + ", this one has " +
                          std::to_string(WGT_STATE_VERSION) + "); try: wg-trace down --all");
  return Pinned::kOurs;
}

Result<void> load_and_pin(const PinDirectory& pins, const Announce& announce) {
  announce("load and attach BPF programs, pin them in " + pins.path());
  WGT_TRY_VOID(pins.create());
  WGT_TRY(BpfObject object, BpfObject::load(When::kAlways, pins));
  for (const Hook& hook : hooks()) {
    if (hook.when != When::kAlways) continue;
    Attached result;
    const Link link = object.attach(hook, result);
    if (!link) {
      if (hook.need == Need::kMust) return make_error(Errc::kUnsupported, result.why);
      continue;
    }
    if (bpf_link__pin(link.get(), pins.link(hook.program).c_str()) != 0)
      return errno_error("pin", pins.link(hook.program));
  }
  WGT_TRY(const auto config, ConfigMap::open(pins, "wgt_config"));
  wgt_config loaded{};
  loaded.abi = WGT_STATE_VERSION;
  return config.set(0, loaded);
}

// wgt_netns follows wgt_devices, whose entries the kernel side may have removed.
Result<std::vector<TracedDevice>> sync_netns(const PinDirectory& pins, const DeviceMap& devices) {
  WGT_TRY(const auto netns, NetnsMap::open(pins, "wgt_netns"));
  std::vector<TracedDevice> all;
  for (const wgt_device_key& key : devices.keys())
    if (const auto info = devices.get(key))
      all.push_back({.key = event::from_abi(key),
                     .up_mono_ns = info->up_ns,
                     .rx_errors_at_up = info->rx_errors,
                     .outer_netns = info->outer_netns,
                     .waits_mono_ns = info->waits_ns});
  for (const std::uint32_t inum : netns.keys())
    if (std::none_of(all.begin(), all.end(), [&](const TracedDevice& d) {
          return d.key.netns == inum || d.outer_netns == inum;
        }))
      netns.erase(inum);
  for (const TracedDevice& d : all) WGT_TRY_VOID(netns.set(d.key.netns, d.key.ifindex));
  return all;
}

Result<void> sweep_all_but(const PinDirectory& pins, const std::vector<TracedDevice>& devices) {
  std::set<wgt_device_key> traced;
  for (const TracedDevice& d : devices) traced.insert(event::to_abi(d.key));
  return sweep(pins, traced);
}

// Pins only: what the kernel then detaches is to be waited for without the lock.
Result<ProgramIds> remove_everything(const PinDirectory& pins, const Announce& announce) {
  announce("detach BPF programs, remove " + pins.path());
  ProgramIds removed = attached_programs(pins);
  WGT_TRY_VOID(pins.remove());
  return removed;
}

// Consumers end by themselves once what they watch is taken down, unless they are stopped.
void wait_for_detachment(ProgramIds removed, const Announce& announce) {
  constexpr std::chrono::seconds kAtMost{20};
  const std::size_t left = wait_until_gone(std::move(removed), kAtMost);
  if (left != 0)
    announce(std::to_string(left) +
             " programs stay attached until the watch or recording that holds them ends");
}

}  // namespace

Result<bool> up(const PinDirectory& pins, const event::DeviceKey& key, std::uint64_t rx_errors,
                const Announce& announce) {
  WGT_TRY(const UniqueFd lock, pins.lock());
  WGT_TRY(const Pinned state, pinned(pins));
  if (state != Pinned::kOurs) {
    WGT_TRY_VOID(pins.remove());
    if (auto loaded = load_and_pin(pins, announce); !loaded) {
      (void)pins.remove();  // the first error is the one to tell
      return std::move(loaded).error();
    }
  }
  WGT_TRY(const auto devices, DeviceMap::open(pins, "wgt_devices"));
  const wgt_device_key device = event::to_abi(key);
  if (devices.get(device)) return false;
  // Also what was counted for this device when it was traced before.
  WGT_TRY(const auto before, sync_netns(pins, devices));
  WGT_TRY_VOID(sweep_all_but(pins, before));
  if (before.size() >= WGT_MAX_DEVICES)
    return make_error(Errc::kSystem, std::to_string(WGT_MAX_DEVICES) +
                                         " interfaces are traced already; wg-trace down one first");
  WGT_TRY_VOID(devices.set(device, wgt_device{mono_ns(), rx_errors, 0, 0, 0}));
  WGT_TRY_VOID(sync_netns(pins, devices));
  return true;
}

Result<bool> down(const PinDirectory& pins, const event::DeviceKey& key, const Announce& announce) {
  WGT_TRY(UniqueFd lock, pins.lock());
  WGT_TRY(const Pinned state, pinned(pins));
  if (state == Pinned::kNothing) return false;
  bool was_traced = false;
  if (state == Pinned::kOurs) {
    WGT_TRY(const auto devices, DeviceMap::open(pins, "wgt_devices"));
    const wgt_device_key device = event::to_abi(key);
    was_traced = devices.get(device).has_value();
    devices.erase(device);
    WGT_TRY(const auto left, sync_netns(pins, devices));
    if (!left.empty()) {
      WGT_TRY_VOID(sweep_all_but(pins, left));
      return was_traced;
    }
  }
  WGT_TRY(ProgramIds removed, remove_everything(pins, announce));
  lock.reset();
  wait_for_detachment(std::move(removed), announce);
  return was_traced;
}

Result<void> forget(const PinDirectory& pins, const event::DeviceKey& device) {
  WGT_TRY(const UniqueFd lock, pins.lock());
  WGT_TRY(const auto devices, DeviceMap::open(pins, "wgt_devices"));
  devices.erase(event::to_abi(device));
  WGT_TRY(const auto left, sync_netns(pins, devices));
  return sweep_all_but(pins, left);
}

Result<void> down_all(const PinDirectory& pins, const Announce& announce) {
  WGT_TRY(UniqueFd lock, pins.lock());
  if (!pins.exists()) return {};
  WGT_TRY(ProgramIds removed, remove_everything(pins, announce));
  lock.reset();
  wait_for_detachment(std::move(removed), announce);
  return {};
}

Result<std::vector<TracedDevice>> traced_devices(const PinDirectory& pins) {
  WGT_TRY(const UniqueFd lock, pins.lock());
  WGT_TRY(const Pinned state, pinned(pins));
  if (state != Pinned::kOurs) return std::vector<TracedDevice>{};
  WGT_TRY(const auto devices, DeviceMap::open(pins, "wgt_devices"));
  return sync_netns(pins, devices);
}

Result<std::vector<Attached>> hook_states(const PinDirectory& pins) {
  WGT_TRY(const FunctionPlaces* const functions, FunctionPlaces::get());
  WGT_TRY(const Pinned state, pinned(pins));
  std::vector<Attached> all;
  for (const Hook& hook : hooks()) {
    Attached a{&hook, false, {}};
    if (hook.when == When::kAlways && state == Pinned::kOurs)
      a.ok = ::access(pins.link(hook.program).c_str(), F_OK) == 0;
    if (!a.ok) a.why = why_absent(hook, *functions);
    all.push_back(std::move(a));
  }
  return all;
}

}  // namespace wgt::kernel
