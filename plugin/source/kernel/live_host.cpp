// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/live_host.h"

#include <algorithm>

#include "plugin/source/kernel/host_names.h"
#include "plugin/source/kernel/kernel_stack.h"
#include "plugin/source/kernel/kernel_symbols.h"
#include "plugin/source/kernel/tracer.h"

namespace wgt::kernel {

namespace {

// A device that nobody can name must not make us ask for every record. A drop is put out 100 ms
// after it happened (JoinOptions::grace_ns): what is looked up then is newer.
constexpr std::chrono::milliseconds kLookAgain{100};
// With thousands of peers looking is not cheap: at most this part of the time.
constexpr int kTimesWhatItTook = 50;
// Far more functions drop packets than this; bounded all the same.
constexpr std::size_t kMaxFunctions = 4096;

}  // namespace

Result<LiveHost> LiveHost::open(const PinDirectory& pins, std::optional<event::DeviceKey> only) {
  LiveHost self(pins, only);
  WGT_TRY(self.info_, host_info({}));
  self.refresh();
  return self;
}

void LiveHost::refresh() {
  const auto began = std::chrono::steady_clock::now();
  poll();
  looked_ = std::chrono::steady_clock::now();
  took_ = looked_ - began;
}

void LiveHost::poll() {
  const auto traced = traced_devices(pins_);
  if (!traced) return;
  std::vector<event::DeviceKey> keys;
  for (const TracedDevice& d : *traced)
    if (!only_ || d.key == *only_) keys.push_back(d.key);
  for (NamedDevice& named : name_devices(keys)) {
    const event::DeviceKey key = named.info.key;
    auto known = std::find_if(info_.devices.begin(), info_.devices.end(),
                              [&](const event::DeviceInfo& d) { return d.key == key; });
    if (known == info_.devices.end()) {
      info_.devices.push_back(named.info);
      changed_ = true;
    } else if (known->public_key != named.info.public_key || known->name != named.info.name) {
      *known = named.info;
      changed_ = true;
    }
    devices_.insert_or_assign(key, std::move(named.device));
  }
}

void LiveHost::refresh_if_old() {
  const auto age = std::chrono::steady_clock::now() - looked_;
  if (age >= kLookAgain && age >= kTimesWhatItTook * took_) refresh();
}

void LiveHost::learn(const event::Event& event) {
  if (const auto* drop = std::get_if<event::StackDrop>(&event)) {
    learn_function(drop->location);
    learn_stack(drop->stack);
  } else if (!event::is_drop(event)) {
    learn(event::device_of(event));
  }
}

void LiveHost::learn(const event::DeviceKey& device) {
  if (!devices_.contains(device)) refresh_if_old();
}

void LiveHost::learn_function(std::uint64_t location) {
  if (location == 0 || info_.functions.size() >= kMaxFunctions ||
      info_.functions.contains(location))
    return;
  const auto symbols = KernelSymbols::get();
  auto name = symbols ? (*symbols)->function_at(location) : std::nullopt;
  if (!name) return;
  info_.functions.emplace(location, *std::move(name));
  changed_ = true;
}

void LiveHost::learn_stack(std::uint32_t stack) {
  if (stack == 0 || info_.stacks.contains(stack)) return;
  std::string functions = read_stack(pins_, stack);
  if (functions.empty()) return;
  info_.stacks.emplace(stack, std::move(functions));
  changed_ = true;
}

const wg::Device* LiveHost::device(event::DeviceKey key) const {
  const auto found = devices_.find(key);
  return found == devices_.end() ? nullptr : &found->second;
}

}  // namespace wgt::kernel
