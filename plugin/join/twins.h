// SPDX-License-Identifier: GPL-2.0-only
// Two recordings of one host hold the same events, but for what each of them has its own numbers
// for: which of them was there already. Bounded: the oldest are forgotten.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>

#include "plugin/join/joined_path.h"

namespace wgt::join {

class Twins {
 public:
  explicit Twins(std::size_t capacity = 131072) : capacity_(capacity) {}

  // Whether another file than this one held the event. Those that look alike in one recording are
  // different packets.
  bool is_twin(std::size_t file, const Observed& observed);

 private:
  struct Unnumbered {
    std::size_t file;
    Observed observed;
  };

  bool is_numbered_twin(std::size_t file, const Observed& observed, const event::PacketKey& key);
  bool is_unnumbered_twin(std::size_t file, const Observed& observed);

  std::size_t capacity_;
  boost::unordered_flat_map<std::uint64_t, std::size_t> file_of_;  // by a hash of what it is
  std::deque<std::uint64_t> oldest_first_;
  std::unordered_multimap<std::uint64_t, Unnumbered> unnumbered_;  // by time
  std::deque<std::unordered_multimap<std::uint64_t, Unnumbered>::iterator> oldest_unnumbered_;
};

}  // namespace wgt::join
