// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/show.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <tuple>

#include "plugin/app/interface.h"
#include "plugin/source/kernel/clock.h"
#include "plugin/source/kernel/find_netns.h"
#include "plugin/source/kernel/handshakes.h"
#include "plugin/source/kernel/host_names.h"
#include "plugin/source/kernel/totals.h"
#include "plugin/source/kernel/tracer.h"
#include "wgtools/base/netns.h"

namespace wgt::app {

namespace {

// Packets between decryption and the AllowedIPs check look like refused ones. They
// are gone a moment later; of several reads the smallest difference is the true one.
constexpr int kMoreReads = 4;
constexpr std::chrono::milliseconds kBetweenReads{5};

struct Traced {
  Interface interface;
  explain::InterfaceReading facts;
};

std::string device_words(const event::DeviceKey& key) {
  return "a traced interface (index " + std::to_string(key.ifindex) + ")";
}

Result<void> add_round_trips(const kernel::PinDirectory& pins, explain::InterfaceReading& facts) {
  WGT_TRY(const auto handshakes, kernel::handshakes(pins, facts.key));
  for (const auto& [key, handshake] : handshakes)
    if (handshake.rtt_ns != 0) facts.round_trips[key].handshake_ns = handshake.rtt_ns;
  WGT_TRY(const auto sessions, kernel::round_trips(pins, facts.key));
  for (const auto& [key, trip] : sessions) {
    explain::RoundTrips& trips = facts.round_trips[key];
    trips.session_ns = trip.rtt_ns;
    trips.session_at_ns = trip.at_mono_ns;
  }
  return {};
}

// Its namespace can be asked and does not know it: deleted, or moved to another one.
bool has_left(const event::DeviceKey& key) {
  Interface interface;
  interface.key = key;
  auto netns = kernel::open_netns_by_inum(key.netns);
  if (!netns) return false;
  interface.netns = *std::move(netns);
  const auto device = dump(interface);
  return !device && device.error().code == Errc::kNotFound;
}

// Its configuration and its sessions: one dump gives both.
Result<Traced> ask(const kernel::PinDirectory& pins, const kernel::TracedDevice& device) {
  Traced t;
  t.interface.key = device.key;
  WGT_TRY(t.interface.netns, kernel::open_netns_by_inum(device.key.netns));
  WGT_TRY(t.facts.sessions, kernel::seed_sessions(pins, device.key, [&]() -> Result<void> {
            WGT_TRY(t.facts.device, dump(t.interface));
            return {};
          }));
  t.interface.device.name = t.facts.device.name;
  t.interface.label = t.facts.device.name;
  t.facts.key = device.key;
  t.facts.up_mono_ns = device.up_mono_ns;
  t.facts.rx_errors_at_up = device.rx_errors_at_up;
  t.facts.outer_netns = device.outer_netns;
  WGT_TRY_VOID(add_round_trips(pins, t.facts));
  t.facts.netns = netns_name(device.key.netns);
  WGT_TRY(const UniqueFd own, open_current_netns());
  t.facts.own_netns = netns_inum(own) == device.key.netns;
  return t;
}

std::uint64_t missing(const kernel::PeerTotals& totals) {
  return totals.decrypted > totals.source_looked ? totals.decrypted - totals.source_looked : 0;
}

Result<void> add_sums(const kernel::PinDirectory& pins, std::vector<Traced>& all) {
  std::map<std::uint64_t, explain::PeerSums*> doubtful;
  for (Traced& t : all) {
    std::vector<std::uint64_t> ids;
    for (const event::PeerSessions& peer : t.facts.sessions)
      if (t.facts.sums.try_emplace(peer.peer_id).second) ids.push_back(peer.peer_id);
    WGT_TRY(const auto totals, kernel::peer_totals(pins, ids));
    for (const kernel::PeerTotals& sum : totals) {
      explain::PeerSums& sums = t.facts.sums[sum.peer_id];
      sums.tx_latency = sum.tx_latency;
      sums.rx_latency = sum.rx_latency;
      if (sum.shared) continue;
      sums.missing = missing(sum);
      if (*sums.missing != 0) doubtful.emplace(sum.peer_id, &sums);
    }
  }
  for (int i = 0; i < kMoreReads && !doubtful.empty(); i++) {
    std::this_thread::sleep_for(kBetweenReads);
    std::vector<std::uint64_t> ids;
    ids.reserve(doubtful.size());
    for (const auto& [id, sums] : doubtful) ids.push_back(id);
    WGT_TRY(const auto totals, kernel::peer_totals(pins, ids));
    for (const kernel::PeerTotals& sum : totals) {
      auto& smallest = doubtful.at(sum.peer_id)->missing;
      smallest = std::min(*smallest, missing(sum));
      if (*smallest == 0) doubtful.erase(sum.peer_id);
    }
  }
  return {};
}

// Reads drops after the totals: a packet that is refused meanwhile must not count as missing
// without being counted as refused.
Result<void> add_drops(const kernel::PinDirectory& pins, Traced& t) {
  if (const auto errors = rx_errors(t.interface)) t.facts.rx_errors = *errors;
  if (const auto up = is_up(t.interface)) t.facts.up = *up;
  WGT_TRY(t.facts.drops, kernel::drop_counts(pins, t.interface.key));
  t.facts.wall_ns = kernel::clock_ns(CLOCK_REALTIME);
  t.facts.mono_ns = kernel::clock_ns(CLOCK_MONOTONIC);
  t.facts.boot_ns = kernel::clock_ns(CLOCK_BOOTTIME);
  return {};
}

}  // namespace

Result<Shown> show(const kernel::PinDirectory& pins, std::optional<event::DeviceKey> only) {
  Shown shown;
  WGT_TRY(const auto devices, kernel::traced_devices(pins));
  std::vector<Traced> all;
  for (const kernel::TracedDevice& device : devices) {
    if (only && device.key != *only) continue;
    auto traced = ask(pins, device);
    if (traced)
      all.push_back(*std::move(traced));
    else if (only)
      return std::move(traced).error();
    else if (!has_left(device.key))
      shown.left_out.push_back(device_words(device.key) + " is left out: " + traced.error().text);
    else if (auto forgotten = kernel::forget(pins, device.key); forgotten)
      shown.forgotten.push_back(device_words(device.key) +
                                " has left its network namespace and is not traced any more; if it "
                                "is in another one: wg-trace -n NETNS up IFACE");
  }
  if (all.empty()) return shown;
  WGT_TRY_VOID(add_sums(pins, all));
  WGT_TRY(const auto host, kernel::host_info({}));
  WGT_TRY(shown.lost, kernel::lost_records(pins));
  std::sort(all.begin(), all.end(), [](const Traced& a, const Traced& b) {
    return std::tuple(!a.facts.own_netns, a.facts.netns, a.facts.device.name) <
           std::tuple(!b.facts.own_netns, b.facts.netns, b.facts.device.name);
  });
  for (Traced& t : all) {
    WGT_TRY_VOID(add_drops(pins, t));
    t.facts.drop_reasons = host.drop_reasons;
    t.facts.lost = shown.lost;
    shown.interfaces.push_back(explain::build_interface_view(std::move(t.facts)));
  }
  return shown;
}

}  // namespace wgt::app
