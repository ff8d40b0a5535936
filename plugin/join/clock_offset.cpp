// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/clock_offset.h"

#include <cstdlib>
#include <iterator>

#include "wgtools/base/time.h"

namespace wgt::join {
namespace {

constexpr std::int64_t kMillion = 1'000'000;

}  // namespace

std::int64_t OffsetBounds::drift(const Bound& bound, std::int64_t a_ns) const {
  return std::abs(a_ns - bound.at_ns) / (kMillion / drift_ppm_);
}

std::optional<std::int64_t> OffsetBounds::upper_at(std::int64_t a_ns) const {
  if (!upper_) return std::nullopt;
  return upper_->offset_ns + drift(*upper_, a_ns);
}

std::optional<std::int64_t> OffsetBounds::lower_at(std::int64_t a_ns) const {
  if (!lower_) return std::nullopt;
  return lower_->offset_ns - drift(*lower_, a_ns);
}

void OffsetBounds::lower_upper(std::int64_t offset_ns, std::int64_t at_ns, std::int64_t a_ns) {
  const Bound bound{offset_ns, at_ns};
  const auto known = upper_at(a_ns);
  if (!known || offset_ns + drift(bound, a_ns) < *known) upper_ = bound;
}

void OffsetBounds::raise_lower(std::int64_t offset_ns, std::int64_t at_ns, std::int64_t a_ns) {
  const Bound bound{offset_ns, at_ns};
  const auto known = lower_at(a_ns);
  if (!known || offset_ns - drift(bound, a_ns) > *known) lower_ = bound;
}

std::optional<OffsetEstimate> OffsetBounds::at(std::int64_t a_ns) const {
  const auto upper = upper_at(a_ns);
  const auto lower = lower_at(a_ns);
  if (!upper || !lower || *lower > *upper) return std::nullopt;
  const std::int64_t width = *upper - *lower;
  return OffsetEstimate{*lower + width / 2, static_cast<std::uint64_t>(width - width / 2)};
}

std::optional<std::int64_t> OffsetBounds::guess(std::int64_t a_ns) const {
  if (upper_ && lower_) {
    const auto estimate = at(a_ns);
    return estimate ? std::optional(estimate->ns) : std::nullopt;
  }
  if (upper_) return upper_->offset_ns;
  if (lower_) return lower_->offset_ns;
  return std::nullopt;
}

void OffsetBounds::merge(const OffsetBounds& other, std::int64_t a_ns) {
  if (other.upper_) lower_upper(other.upper_->offset_ns, other.upper_->at_ns, a_ns);
  if (other.lower_) raise_lower(other.lower_->offset_ns, other.lower_->at_ns, a_ns);
}

void ClockOffset::a_to_b(std::int64_t sent_on_a, std::int64_t seen_on_b) {
  for (OffsetBounds* bounds : {&sure_, &likely_})
    bounds->lower_upper(seen_on_b - sent_on_a, sent_on_a, sent_on_a);
}

void ClockOffset::b_to_a(std::int64_t sent_on_b, std::int64_t seen_on_a) {
  for (OffsetBounds* bounds : {&sure_, &likely_})
    bounds->raise_lower(sent_on_b - seen_on_a, seen_on_a, seen_on_a);
}

std::optional<std::int64_t> ClockOffset::guess(std::int64_t a_ns) const {
  const auto likely = likely_.guess(a_ns);
  return likely ? likely : sure_.guess(a_ns);
}

void ClockOffset::merge(const ClockOffset& other, std::int64_t a_ns) {
  sure_.merge(other.sure_, a_ns);
  likely_.merge(other.likely_, a_ns);
}

void OffsetTimeline::a_to_b(std::int64_t sent_on_a, std::int64_t seen_on_b) {
  seconds_[sent_on_a / kNsPerSecond].a_to_b(sent_on_a, seen_on_b);
}

void OffsetTimeline::b_to_a(std::int64_t sent_on_b, std::int64_t seen_on_a) {
  seconds_[seen_on_a / kNsPerSecond].b_to_a(sent_on_b, seen_on_a);
}

void OffsetTimeline::settle() {
  if (seconds_.empty()) return;
  for (auto it = std::next(seconds_.begin()); it != seconds_.end(); ++it)
    it->second.merge(std::prev(it)->second, it->first * kNsPerSecond);
  for (auto it = std::next(seconds_.rbegin()); it != seconds_.rend(); ++it)
    it->second.merge(std::prev(it)->second, it->first * kNsPerSecond);
}

std::optional<OffsetEstimate> OffsetTimeline::at(std::int64_t a_ns) const {
  const ClockOffset* offset = nearest(a_ns);
  return offset != nullptr ? offset->at(a_ns) : std::nullopt;
}

std::optional<std::int64_t> OffsetTimeline::guess(std::int64_t a_ns) const {
  const ClockOffset* offset = nearest(a_ns);
  return offset != nullptr ? offset->guess(a_ns) : std::nullopt;
}

const ClockOffset* OffsetTimeline::nearest(std::int64_t a_ns) const {
  if (seconds_.empty()) return nullptr;
  const auto after = seconds_.upper_bound(a_ns / kNsPerSecond);
  return after == seconds_.begin() ? &after->second : &std::prev(after)->second;
}

}  // namespace wgt::join
