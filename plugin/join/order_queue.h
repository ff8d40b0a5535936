// SPDX-License-Identifier: GPL-2.0-only
// What one host sent, by its own clock. Most comes in order, or nearly: that costs nothing; what
// does not goes through a heap. Entries that became void are left to whoever takes them out.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <iterator>
#include <vector>

namespace wgt::join {

class OrderQueue {
 public:
  struct Entry {
    std::int64_t ns;
    std::uint32_t group;
    std::uint32_t generation;
  };

  void push(const Entry& entry) {
    if (in_order_.empty() || in_order_.back().ns <= entry.ns) return in_order_.push_back(entry);
    auto at = in_order_.end();
    for (int steps = 0; at != in_order_.begin() && std::prev(at)->ns > entry.ns; --at)
      if (++steps > kFewSteps) return push_late(entry);
    in_order_.insert(at, entry);
  }
  bool empty() const { return in_order_.empty() && late_.empty(); }
  const Entry& front() const { return is_late_first() ? late_.front() : in_order_.front(); }
  void pop() {
    if (!is_late_first()) return in_order_.pop_front();
    std::ranges::pop_heap(late_, is_later);
    late_.pop_back();
  }

 private:
  static constexpr int kFewSteps = 16;

  static bool is_later(const Entry& a, const Entry& b) { return a.ns > b.ns; }
  bool is_late_first() const {
    return in_order_.empty() || (!late_.empty() && late_.front().ns < in_order_.front().ns);
  }
  void push_late(const Entry& entry) {
    late_.push_back(entry);
    std::ranges::push_heap(late_, is_later);
  }

  std::deque<Entry> in_order_;
  std::vector<Entry> late_;
};

}  // namespace wgt::join
