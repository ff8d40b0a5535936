// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/rough_clocks.h"

#include <algorithm>
#include <unordered_map>

#include "plugin/join/host_clocks.h"

namespace wgt::join {
namespace {

struct Point {
  std::uint64_t counter;
  std::int64_t ns;
};
using Sessions = std::unordered_map<std::uint32_t, std::vector<Point>>;

struct Rough {
  std::int64_t offset_ns;  // receiver's clock - sender's
  std::int64_t width_ns;
};

Sessions sent_in(const Samples& samples) {
  Sessions sessions;
  for (const Samples::Sample& sample : samples.all())
    if (sample.is_sent)
      sessions[sample.key.receiver_index].push_back({sample.key.counter, sample.ns});
  for (auto& [index, points] : sessions) std::ranges::sort(points, {}, &Point::counter);
  return sessions;
}

// The narrowest place in which an event that arrived can have been sent.
std::optional<Rough> narrowest(const Sessions& sent, const Samples& receiver) {
  std::optional<Rough> best;
  for (const Samples::Sample& sample : receiver.all()) {
    if (sample.is_sent) continue;
    const auto session = sent.find(sample.key.receiver_index);
    if (session == sent.end()) continue;
    const auto after =
        std::ranges::lower_bound(session->second, sample.key.counter, {}, &Point::counter);
    if (after == session->second.end()) continue;
    const bool is_same = after->counter == sample.key.counter;
    if (!is_same && after == session->second.begin()) continue;
    const Point& before = is_same ? *after : *std::prev(after);
    const std::int64_t width = std::abs(after->ns - before.ns);
    const std::int64_t middle = before.ns + (after->ns - before.ns) / 2;
    if (!best || width < best->width_ns) best = Rough{sample.ns - middle, width};
  }
  return best;
}

}  // namespace

void Samples::note(const event::Event& event) {
  const bool is_sent = std::holds_alternative<event::Sent>(event);
  const auto* rx = std::get_if<event::Received>(&event);
  const auto key = event::key_of(event);
  if (!key || (!is_sent && (rx == nullptr || rank(*rx) != RxRank::kAuthenticated))) return;
  if (seen_++ % stride_ != 0) return;
  samples_.push_back({*key, signed_ns(event::first_hop_ns(event)), is_sent});
  if (samples_.size() < capacity_) return;
  for (std::size_t i = 0; i < samples_.size() / 2; ++i) samples_[i] = samples_[2 * i];
  samples_.resize(samples_.size() / 2);
  stride_ *= 2;
}

// Both stay sparse: of a host with many recordings, those of each.
void Samples::merge(const Samples& other) {
  samples_.insert(samples_.end(), other.samples_.begin(), other.samples_.end());
  for (; samples_.size() > capacity_; samples_.resize(samples_.size() / 2))
    for (std::size_t i = 0; i < samples_.size() / 2; ++i) samples_[i] = samples_[2 * i];
}

RoughClocks rough_clocks(const Hosts& hosts, const std::vector<Samples>& samples) {
  const std::size_t count = hosts.all().size();
  RoughClocks out{.ahead_ns = std::vector<std::int64_t>(count)};
  std::vector<Sessions> sent;
  for (const Samples& of_host : samples) sent.push_back(sent_in(of_host));
  std::vector<HostId> known = {0};
  std::vector<bool> is_known(count);
  if (count > 0) is_known[0] = true;
  // From host to host, along who talked to whom.
  for (std::size_t next = 0; next < known.size() && next < count; ++next) {
    const HostId a = known[next];
    for (HostId b = 0; b < count; ++b) {
      if (is_known[b]) continue;
      const auto there = narrowest(sent[a], samples[b]);
      const auto back = narrowest(sent[b], samples[a]);
      if (!there && !back) continue;
      const bool by_there = there && (!back || there->width_ns <= back->width_ns);
      const std::int64_t offset = by_there ? there->offset_ns : -back->offset_ns;
      const std::int64_t booted_a = hosts[a].wall_minus_mono_ns - out.ahead_ns[a];
      out.ahead_ns[b] = hosts[b].wall_minus_mono_ns - (booted_a - offset);
      out.error_ns = std::max(out.error_ns, by_there ? there->width_ns : back->width_ns);
      is_known[b] = true;
      known.push_back(b);
    }
  }
  return out;
}

}  // namespace wgt::join
