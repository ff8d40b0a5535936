// SPDX-License-Identifier: GPL-2.0-only
// The offsets between every two hosts that exchange packets, and one common
// time axis made of them. Offset is ClockOffset (live) or OffsetTimeline.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "plugin/join/assign.h"
#include "plugin/join/clock_offset.h"
#include "plugin/join/coverage.h"
#include "plugin/join/hosts.h"
#include "plugin/join/joined_path.h"

namespace wgt::join {

inline std::int64_t signed_ns(std::uint64_t ns) { return static_cast<std::int64_t>(ns); }

// The last hop that certainly lies before the packet left the host. outer_out does not: its time
// is taken when the call returns, and the packet may be at the receiver by then.
inline std::uint64_t left_after_ns(const event::Sent& tx) {
  using enum event::Sent::Hop;
  for (const event::Sent::Hop hop : {kUdpTunnelXmit, kEncrypt, kWgXmit})
    if (tx.hop_ns[hop] != 0) return tx.hop_ns[hop];
  return 0;
}

// What the clocks of two hosts say about each other's times.
class Clocks {
 public:
  // `to`'s clock - `from`'s, at a time on `from`'s; nullopt: not known.
  virtual std::optional<OffsetEstimate> offset(HostId from, HostId to,
                                               std::uint64_t from_ns) const = 0;
  // Where `from`'s time lies on `to`'s clock for certain, if the hosts' clocks were compared; else
  // give or take `margin_ns`.
  virtual TimeRange range_on(HostId from, HostId to, std::uint64_t from_ns,
                             std::int64_t margin_ns) const = 0;

 protected:
  ~Clocks() = default;
};

template <class Offset>
class HostClocks final : public Clocks {
 public:
  explicit HostClocks(const Hosts& hosts) : hosts_(hosts) {}

  // By the packets that both ends saw. Only authenticated ones count: a forged one can come before
  // the packet whose number it guessed.
  void sample(std::span<const PathRecords> paths) {
    for (const auto& [tx, rx, drop] : paths)
      if (tx != nullptr && rx != nullptr && rank(received(*rx)) == RxRank::kAuthenticated)
        compare(tx->host, left_after_ns(sent(*tx)), rx->host, event::first_hop_ns(received(*rx)));
  }

  // Anything that left `from` and came to `to`; times are on their own clocks, 0: not known.
  void compare(HostId from, std::uint64_t sent_ns, HostId to, std::uint64_t seen_ns) {
    const std::int64_t sent = signed_ns(sent_ns);
    const std::int64_t seen = signed_ns(seen_ns);
    if (sent == 0 || seen == 0 || hosts_.same_clock(from, to)) return;
    if (from < to) {
      pairs_[{from, to}].a_to_b(sent, seen);
    } else {
      pairs_[{to, from}].b_to_a(sent, seen);
    }
  }

  // For OffsetTimeline: no more samples will come.
  void settle() {
    for (auto& [hosts, offset] : pairs_) offset.settle();
  }

  // Its time of day, until packets were compared.
  void suppose_ahead(HostId host, std::int64_t ns) {
    if (ahead_.size() <= host) ahead_.resize(host + 1);
    ahead_[host] = ns;
  }

  std::optional<OffsetEstimate> offset(HostId from, HostId to,
                                       std::uint64_t from_ns) const override {
    if (hosts_.same_clock(from, to)) return OffsetEstimate{};
    const auto pair = pairs_.find(std::minmax(from, to));
    if (pair == pairs_.end()) return std::nullopt;
    if (from < to) return pair->second.at(signed_ns(from_ns));
    auto estimate = pair->second.at(on_other(pair->second, from_ns));
    if (estimate) estimate->ns = -estimate->ns;
    return estimate;
  }

  // `from`'s time on `to`'s clock as well as anybody knows: by packets in both directions, in one,
  // or by what the hosts believe to be the time of day.
  std::int64_t translate(HostId from, HostId to, std::uint64_t from_ns) const {
    const std::int64_t ns = signed_ns(from_ns);
    if (hosts_.same_clock(from, to)) return ns;
    const auto pair = pairs_.find(std::minmax(from, to));
    if (pair != pairs_.end()) {
      const std::int64_t a_ns = from < to ? ns : on_other(pair->second, from_ns);
      if (const auto guess = pair->second.guess(a_ns)) return from < to ? ns + *guess : ns - *guess;
    }
    return ns + boot_ns(from) - boot_ns(to);
  }

  TimeRange range_on(HostId from, HostId to, std::uint64_t from_ns,
                     std::int64_t margin_ns) const override {
    const std::int64_t middle = translate(from, to, from_ns);
    const auto known = offset(from, to, from_ns);
    const std::int64_t width = known ? signed_ns(known->error_ns) : margin_ns;
    return {middle - width, middle + width};
  }

  // On the time axis that orders paths of all hosts: the first host's wall clock.
  std::int64_t common_ns(HostId host, std::uint64_t mono_ns) const {
    return translate(host, 0, mono_ns) + hosts_[0].wall_minus_mono_ns;
  }

 private:
  // A rough time on A's clock for one on B's: only to choose among offsets that differ by drift.
  static std::int64_t on_other(const Offset& offset, std::uint64_t b_ns) {
    const std::int64_t ns = signed_ns(b_ns);
    return ns - offset.guess(ns).value_or(0);
  }

  // When the host was booted by its time of day, as far as that is believed.
  std::int64_t boot_ns(HostId host) const {
    return hosts_[host].wall_minus_mono_ns - (host < ahead_.size() ? ahead_[host] : 0);
  }

  const Hosts& hosts_;
  std::vector<std::int64_t> ahead_;                    // by host
  std::map<std::pair<HostId, HostId>, Offset> pairs_;  // the smaller id is A
};

}  // namespace wgt::join
