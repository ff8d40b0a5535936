// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/live_host.h"

#include <algorithm>

#include "plugin/source/kernel/clock.h"
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
constexpr int kTimesNamingTook = 10;  // of those that are new
constexpr int kMostUnnamedTries = 6;
// Packets are told as tx.waiting after a second (bpf/waiting.bpf.h): before, there is nothing to
// ask for. Those that came later are told by the next asking.
constexpr std::uint64_t kWaitsNs = 1'000'000'000;
constexpr std::chrono::milliseconds kAskAgain{300};
constexpr int kTimesAskingTook = 20;
// messages.h: REKEY_TIMEOUT and the most that is added to it; then the next attempt is made, and
// the kernel side says again whether packets wait.
constexpr std::uint64_t kHandshakeAgainNs = 6'000'000'000;
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

void LiveHost::check_traced() {
  const std::uint64_t now_ns = mono_ns();
  const auto traced = traced_devices(pins_);
  if (!traced) return;
  note_times(*traced);
  seen_traced_ns_ = now_ns;
  name_new(*traced);
  ask_who_waits(*traced, now_ns);
}

// Those alone: their packets may be told in a moment, and reading all again may take long. What
// can't be named is tried less and less often.
void LiveHost::name_new(std::span<const TracedDevice> traced) {
  std::vector<event::DeviceKey> keys;
  for (const TracedDevice& d : traced)
    if ((!only_ || d.key == *only_) && !is_named(d.key)) keys.push_back(d.key);
  const auto began = std::chrono::steady_clock::now();
  if (keys.empty() || began < name_again_) return;
  name(traced, keys);
  const auto now = std::chrono::steady_clock::now();
  const bool all = std::ranges::all_of(keys, [&](const auto& key) { return is_named(key); });
  unnamed_tries_ = all ? 0 : std::min(unnamed_tries_ + 1, kMostUnnamedTries);
  name_again_ = now + std::max<std::chrono::steady_clock::duration>(
                          kLookAgain, kTimesNamingTook * (now - began)) *
                          (1 << unnamed_tries_);
}

bool LiveHost::is_named(const event::DeviceKey& device) const {
  return std::ranges::any_of(info_.devices, [&](const event::DeviceInfo& known) {
    return known.key == device && known.traced_until_mono_ns == 0;
  });
}

// While this process dumps a device, the kernel side tells of its packets that wait for a handshake
// (bpf/waiting.bpf.h): tx.waiting. A busy hub's peers need not be walked when none does. Of every
// device: one may carry what is sent by the one that was asked for.
void LiveHost::ask_who_waits(std::span<const TracedDevice> traced, std::uint64_t now_ns) {
  const auto began = std::chrono::steady_clock::now();
  if (began - asked_ <
      std::max<std::chrono::steady_clock::duration>(kAskAgain, kTimesAskingTook * asking_took_))
    return;
  std::vector<event::DeviceKey> keys;
  for (const TracedDevice& d : traced)
    if (d.waits_mono_ns != 0 && now_ns >= d.waits_mono_ns + kWaitsNs &&
        now_ns < d.waits_mono_ns + kHandshakeAgainNs)
      keys.push_back(d.key);
  if (keys.empty()) return;
  (void)name_devices(keys);
  asked_ = std::chrono::steady_clock::now();
  asking_took_ = asked_ - began;
}

// A device that is not traced any more, or was stopped and started again, was seen up to the last
// time that it was there.
void LiveHost::note_times(std::span<const TracedDevice> traced) {
  for (event::DeviceInfo& known : info_.devices) {
    if (known.traced_until_mono_ns != 0) continue;
    const auto now = std::ranges::find(traced, known.key, &TracedDevice::key);
    if (now != traced.end() && now->up_mono_ns == known.traced_since_mono_ns) continue;
    known.traced_until_mono_ns = std::max(seen_traced_ns_, known.traced_since_mono_ns + 1);
    changed_ = true;
  }
}

void LiveHost::poll() {
  const std::uint64_t now_ns = mono_ns();
  const auto traced = traced_devices(pins_);
  if (!traced) return;
  note_times(*traced);
  seen_traced_ns_ = now_ns;
  std::vector<event::DeviceKey> keys;
  for (const TracedDevice& d : *traced)
    if (!only_ || d.key == *only_) keys.push_back(d.key);
  name(*traced, keys);
}

void LiveHost::name(std::span<const TracedDevice> traced, std::span<const event::DeviceKey> keys) {
  for (NamedDevice& named : name_devices(keys)) {
    const event::DeviceKey key = named.info.key;
    named.info.traced_since_mono_ns =
        std::ranges::find(traced, key, &TracedDevice::key)->up_mono_ns;
    auto known = std::ranges::find_if(info_.devices, [&](const event::DeviceInfo& d) {
      return d.key == key && d.traced_until_mono_ns == 0;
    });
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
    if (only_ && drop->device.ifindex != 0) learn(drop->device);
  } else if (!event::is_drop(event)) {
    learn(event::device_of(event));
  }
}

void LiveHost::learn(const event::DeviceKey& device) {
  if (only_ && device != *only_) return learn_carrier(device);
  if (!devices_.contains(device)) refresh_if_old();
}

void LiveHost::learn_carrier(const event::DeviceKey& device) {
  if (std::ranges::any_of(info_.carriers, [&](const auto& known) { return known.key == device; }))
    return;
  const auto now = std::chrono::steady_clock::now();
  if (now - carriers_looked_ < kLookAgain) return;
  carriers_looked_ = now;
  const event::DeviceKey keys[] = {device};
  for (NamedDevice& named : name_devices(keys)) {
    info_.carriers.push_back(std::move(named.info));
    changed_ = true;
  }
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
