// SPDX-License-Identifier: GPL-2.0-only
// How far apart the monotonic clocks of two hosts A and B are, from packets
// that both saw: none arrives before it was sent, so each from A to B bounds
// offset = B's clock - A's from above, each from B to A from below. The truth
// lies between; the middle is the estimate, half the width its error. Clocks
// drift, so a bound loosens with its distance in time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace wgt::join {

struct OffsetEstimate {
  std::int64_t ns = 0;         // B's clock - A's
  std::uint64_t error_ns = 0;  // the truth lies within ns ± error_ns
};

// The two bounds that are tightest, for clocks that drift apart by at most so much.
class OffsetBounds {
 public:
  explicit OffsetBounds(std::int64_t drift_ppm) : drift_ppm_(drift_ppm) {}

  void lower_upper(std::int64_t offset_ns, std::int64_t at_ns, std::int64_t a_ns);
  void raise_lower(std::int64_t offset_ns, std::int64_t at_ns, std::int64_t a_ns);
  std::optional<OffsetEstimate> at(std::int64_t a_ns) const;
  std::optional<std::int64_t> guess(std::int64_t a_ns) const;
  void merge(const OffsetBounds& other, std::int64_t a_ns);

 private:
  struct Bound {
    std::int64_t offset_ns;
    std::int64_t at_ns;  // A's clock
  };
  std::int64_t drift(const Bound& bound, std::int64_t a_ns) const;
  std::optional<std::int64_t> upper_at(std::int64_t a_ns) const;
  std::optional<std::int64_t> lower_at(std::int64_t a_ns) const;

  std::int64_t drift_ppm_;
  std::optional<Bound> upper_;
  std::optional<Bound> lower_;
};

// Constant memory: for live use.
class ClockOffset {
 public:
  void a_to_b(std::int64_t sent_on_a, std::int64_t seen_on_b);
  void b_to_a(std::int64_t sent_on_b, std::int64_t seen_on_a);

  // At a time on A's clock. nullopt until packets went both ways, and when the bounds contradict
  // each other (a clock was set, or drifts more than we allow for).
  std::optional<OffsetEstimate> at(std::int64_t a_ns) const { return sure_.at(a_ns); }

  // Without error bound, from packets in one direction if there are no others: good enough to
  // put packets in order.
  std::optional<std::int64_t> guess(std::int64_t a_ns) const;

  // Takes over the other's bounds where they are tighter at this time.
  void merge(const ClockOffset& other, std::int64_t a_ns);

 private:
  // Two clocks that NTP slews at once in opposite directions, each by the 500 ppm that the kernel
  // allows: an error that is told must be true then, too.
  OffsetBounds sure_{1000};
  // Two crystals of ± 50 ppm: what free-running or disciplined clocks usually differ by at most.
  OffsetBounds likely_{100};
};

// The same over a whole recording, looking back and ahead: one ClockOffset for
// every second with traffic. settle() between the samples and the questions.
class OffsetTimeline {
 public:
  void a_to_b(std::int64_t sent_on_a, std::int64_t seen_on_b);
  void b_to_a(std::int64_t sent_on_b, std::int64_t seen_on_a);
  void settle();

  std::optional<OffsetEstimate> at(std::int64_t a_ns) const;
  std::optional<std::int64_t> guess(std::int64_t a_ns) const;

 private:
  const ClockOffset* nearest(std::int64_t a_ns) const;

  std::map<std::int64_t, ClockOffset> seconds_;  // by A's clock
};

}  // namespace wgt::join
