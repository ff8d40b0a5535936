// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/clock_offset.h"

#include <cstdlib>
#include <iterator>

namespace wgt::join {
namespace {

// Two crystals of ± 50 ppm: what free-running or disciplined clocks differ by at most.
constexpr std::int64_t kDriftDivisor = 10'000;
constexpr std::int64_t kSecond = 1'000'000'000;

}  // namespace

void ClockOffset::a_to_b(std::int64_t sent_on_a, std::int64_t seen_on_b) {
  lower_upper({seen_on_b - sent_on_a, sent_on_a}, sent_on_a);
}

void ClockOffset::b_to_a(std::int64_t sent_on_b, std::int64_t seen_on_a) {
  raise_lower({sent_on_b - seen_on_a, seen_on_a}, seen_on_a);
}

std::optional<OffsetEstimate> ClockOffset::at(std::int64_t a_ns) const {
  const auto upper = upper_at(a_ns);
  const auto lower = lower_at(a_ns);
  if (!upper || !lower || *lower > *upper) return std::nullopt;
  const std::int64_t width = *upper - *lower;
  return OffsetEstimate{*lower + width / 2, static_cast<std::uint64_t>(width - width / 2)};
}

std::optional<std::int64_t> ClockOffset::guess(std::int64_t a_ns) const {
  if (upper_ && lower_) {
    const auto estimate = at(a_ns);
    return estimate ? std::optional(estimate->ns) : std::nullopt;
  }
  if (upper_) return upper_->offset_ns;
  if (lower_) return lower_->offset_ns;
  return std::nullopt;
}

void ClockOffset::merge(const ClockOffset& other, std::int64_t a_ns) {
  if (other.upper_) lower_upper(*other.upper_, a_ns);
  if (other.lower_) raise_lower(*other.lower_, a_ns);
}

std::int64_t ClockOffset::drift(const Bound& bound, std::int64_t a_ns) {
  return std::abs(a_ns - bound.at_ns) / kDriftDivisor;
}

std::optional<std::int64_t> ClockOffset::upper_at(std::int64_t a_ns) const {
  if (!upper_) return std::nullopt;
  return upper_->offset_ns + drift(*upper_, a_ns);
}

std::optional<std::int64_t> ClockOffset::lower_at(std::int64_t a_ns) const {
  if (!lower_) return std::nullopt;
  return lower_->offset_ns - drift(*lower_, a_ns);
}

void ClockOffset::lower_upper(const Bound& bound, std::int64_t a_ns) {
  const auto known = upper_at(a_ns);
  if (!known || bound.offset_ns + drift(bound, a_ns) < *known) upper_ = bound;
}

void ClockOffset::raise_lower(const Bound& bound, std::int64_t a_ns) {
  const auto known = lower_at(a_ns);
  if (!known || bound.offset_ns - drift(bound, a_ns) > *known) lower_ = bound;
}

void OffsetTimeline::a_to_b(std::int64_t sent_on_a, std::int64_t seen_on_b) {
  seconds_[sent_on_a / kSecond].a_to_b(sent_on_a, seen_on_b);
}

void OffsetTimeline::b_to_a(std::int64_t sent_on_b, std::int64_t seen_on_a) {
  seconds_[seen_on_a / kSecond].b_to_a(sent_on_b, seen_on_a);
}

void OffsetTimeline::settle() {
  if (seconds_.empty()) return;
  for (auto it = std::next(seconds_.begin()); it != seconds_.end(); ++it)
    it->second.merge(std::prev(it)->second, it->first * kSecond);
  for (auto it = std::next(seconds_.rbegin()); it != seconds_.rend(); ++it)
    it->second.merge(std::prev(it)->second, it->first * kSecond);
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
  const auto after = seconds_.upper_bound(a_ns / kSecond);
  return after == seconds_.begin() ? &after->second : &std::prev(after)->second;
}

}  // namespace wgt::join
