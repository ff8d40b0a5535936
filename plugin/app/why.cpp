// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/why.h"

#include <algorithm>
#include <chrono>

#include "plugin/app/check.h"
#include "plugin/app/health.h"
#include "plugin/app/tracing.h"
#include "plugin/sink/text/say.h"
#include "plugin/source/kernel/kernel_caps.h"
#include "wgtools/base/clock.h"
#include "wgtools/base/netns.h"
#include "wgtools/base/resolve.h"
#include "wgtools/wg/device_dump.h"
#include "wgtools/wg/link_list.h"

namespace wgt::app {
namespace {

constexpr std::chrono::seconds kNameWithin{5};
constexpr const char* kWireGuard = "wireguard";  // IFLA_INFO_KIND

// Longest prefix first, as the kernel's AllowedIPs.
std::optional<wg::Peer> peer_of(const wg::Device& device, const IpAddress& to) {
  const wg::Peer* found = nullptr;
  int length = -1;
  for (const wg::Peer& peer : device.peers)
    for (const IpPrefix& prefix : peer.allowed_ips)
      if (contains(prefix, to) && static_cast<int>(prefix.length) > length) {
        found = &peer;
        length = prefix.length;
      }
  return found != nullptr ? std::optional(*found) : std::nullopt;
}

// A default route into a tunnel says nothing about one address.
bool means(const wg::Device& device, const IpAddress& to) {
  return std::ranges::any_of(device.peers, [&](const wg::Peer& peer) {
    return std::ranges::any_of(peer.allowed_ips, [&](const IpPrefix& prefix) {
      return prefix.length != 0 && contains(prefix, to);
    });
  });
}

void add_check(health::WhyFacts& facts, const Interface& interface) {
  // What cannot be asked is no finding.
  auto report = check(interface, facts.destination);
  if (!report) return;
  for (health::Finding& finding : report->findings) facts.check.push_back(std::move(finding));
}

// Of the tunnels that were to have it.
Result<void> add_those_without_route(health::WhyFacts& facts, BorrowedFd netns) {
  std::vector<wg::Link> links;
  {
    WGT_TRY(const NetnsGuard inside, NetnsGuard::enter(netns));
    auto all = wg::list_devices();
    if (all) links = std::move(*all);
  }
  for (const wg::Link& link : links) {
    const auto interface = find_interface(link.name, facts.netns);
    if (interface && means(interface->device, facts.destination)) add_check(facts, *interface);
  }
  // Others of their findings do not explain where this packet goes. One that is down has no routes.
  const auto is_down = [](const health::Finding& one) { return one.id == "host.interface_down"; };
  std::erase_if(facts.check, [&](const health::Finding& one) {
    return one.severity != health::Severity::kError ||
           (one.id != "config.route_elsewhere" && !is_down(one));
  });
  std::stable_partition(facts.check.begin(), facts.check.end(), is_down);
  return {};
}

// Records are made of nothing else, on either end, however busy the tunnel is.
std::string only_probes(const ProbeOptions& probe) {
  const std::string host = "host " + to_string(probe.to) + " and ";
  if (probe.port) return host + "tcp port " + std::to_string(*probe.port);
  return host + (probe.to.version == 4 ? "icmp" : "icmp6");
}

Result<void> follow(health::WhyFacts& facts, const kernel::PinDirectory& pins,
                    const Interface& interface, const WhyOptions& options,
                    const SignalsWait& signals) {
  ProbeOptions probe = options.probe;
  probe.size = facts.size;
  const std::string expression = only_probes(probe);
  WGT_TRY(auto filter, filter::PacketFilter::compile(expression));
  const PathChoice choice{std::move(filter), false, std::nullopt};
  ProbeWatch probes(interface.netns, probe, facts.interface, options.finished);
  LiveOptions live;
  bool begun = false;
  live.begun = [&](LiveRun& run) {
    begun = true;
    signals.let_through();  // the run handles them
    if (options.begins) options.begins(facts);
    probes.begin(run);
  };
  Result<explain::Summary> summary = explain::Summary{};
  bool paired = options.pair.has_value();
  if (paired) {
    live.wanted.device = interface.key;
    PairOptions pair;
    WGT_TRY(pair.target, session::parse_target(*options.pair, facts.interface));
    pair.peer = options.pair_peer;
    if (!pair.peer && facts.peer) pair.peer = facts.peer->public_key;
    pair.expression = expression;
    summary = watch_paired(pins, interface, live, choice, pair, probes);
    // Half an answer is better than none.
    if (paired = summary || begun; !paired) {
      sink::say("wg-trace: " + summary.error().text);
      sink::say("asking with this end alone");
    }
  }
  if (!paired) {
    live.wanted.device.reset();
    summary = watch(pins, live, choice, probes);
  }
  signals.hold();
  WGT_TRY(facts.probes, probes.result());
  WGT_TRY_VOID(summary);
  facts.records_lost = summary->lost != 0;
  facts.other_end_watched =
      paired || std::ranges::any_of(facts.probes, [](const health::Probe& one) {
        return one.there && one.there->rx;
      });
  return {};
}

// What happened before the probes explains others.
Result<void> add_health(health::WhyFacts& facts, const kernel::PinDirectory& pins,
                        const Interface& interface, std::uint64_t began_mono_ns) {
  const std::chrono::nanoseconds window(mono_ns() - began_mono_ns);
  WGT_TRY(const Health now, health(pins, interface.key, window));
  for (const health::InterfaceReport& report : now.interfaces) {
    facts.of_interface = report.findings;
    for (const health::PeerReport& peer : report.peers)
      if (facts.peer && peer.peer.public_key == facts.peer->public_key)
        facts.of_peer = peer.findings;
  }
  return {};
}

Result<void> look_into_tunnel(health::WhyFacts& facts, const WhyOptions& options) {
  WGT_TRY(const auto interface, find_interface(facts.interface, facts.netns));
  add_check(facts, interface);
  facts.peer = peer_of(interface.device, facts.destination);
  WGT_TRY(const auto pins, kernel::PinDirectory::find());
  const SignalsWait signals;
  WGT_TRY(const auto traced, TracedMeanwhile::begin(pins, interface));
  const std::uint64_t began = mono_ns();
  WGT_TRY_VOID(follow(facts, pins, interface, options, signals));
  return add_health(facts, pins, interface, began);
}

}  // namespace

Result<IpAddress> find_destination(const std::string& text,
                                   const std::optional<std::string>& netns) {
  auto address = parse_ip(text);
  // Nothing but an address has only these.
  if (address || text.find_first_not_of("0123456789.") == std::string::npos ||
      text.find(':') != std::string::npos)
    return address;
  WGT_TRY(const UniqueFd place, netns ? open_netns(*netns) : open_current_netns());
  WGT_TRY(const NetnsGuard inside, NetnsGuard::enter(place));
  const Resolved found = resolve({text}, kNameWithin).front();
  if (!found.addresses.empty()) return found.addresses.front();
  const std::string reason = found.timed_out       ? "the name server does not answer"
                             : found.error.empty() ? "it has no address"
                                                   : found.error;
  return make_error(Errc::kNotFound, "look up " + text + ": " + reason);
}

Result<Why> why(const WhyOptions& options) {
  WGT_TRY_VOID(kernel::may_trace());
  Why result;
  health::WhyFacts& facts = result.facts;
  facts.destination = options.probe.to;
  facts.port = options.probe.port;
  facts.dont_fragment = options.probe.dont_fragment;
  facts.netns = options.netns;
  WGT_TRY(const UniqueFd netns, options.netns ? open_netns(*options.netns) : open_current_netns());
  {
    WGT_TRY(auto ways, wg::WayFinder::open(netns));
    WGT_TRY(facts.way, ways.find({.to = facts.destination}));
  }
  facts.size = options.largest ? health::largest_size(facts) : options.probe.size;
  if (facts.way.kind == kWireGuard && !facts.way.route.local) {
    facts.interface = facts.way.interface;
    WGT_TRY_VOID(look_into_tunnel(facts, options));
  } else {
    WGT_TRY_VOID(add_those_without_route(facts, netns));
  }
  result.answer = health::answer(facts);
  return result;
}

}  // namespace wgt::app
