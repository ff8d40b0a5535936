// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/twins.h"

namespace wgt::join {
namespace {

event::VerdictId verdict_of_drop(const event::Event& event) {
  return event::is_drop(event) ? event::verdict_of(event) : event::VerdictId::UNKNOWN;
}

}  // namespace

bool Twins::is_twin(std::size_t file, const Observed& observed) {
  const auto key = event::key_of(observed.event);
  return key ? is_numbered_twin(file, observed, *key) : is_unnumbered_twin(file, observed);
}

bool Twins::is_numbered_twin(std::size_t file, const Observed& observed,
                             const event::PacketKey& key) {
  const event::DeviceKey& device = event::device_of(observed.event);
  std::uint64_t hash = event::PacketKeyHash()(key);
  for (const std::uint64_t part :
       {std::uint64_t{observed.event.index()} << 8U |
            static_cast<std::uint64_t>(verdict_of_drop(observed.event)),
        std::uint64_t{device.netns} << 32U | device.ifindex, event::first_hop_ns(observed.event)}) {
    hash = (hash ^ part) * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 31U;
  }
  const auto [at, is_new] = file_of_.try_emplace(hash, file);
  if (!is_new) return at->second != file;
  oldest_first_.push_back(hash);
  if (oldest_first_.size() > capacity_) {
    file_of_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  return false;
}

bool Twins::is_unnumbered_twin(std::size_t file, const Observed& observed) {
  const std::uint64_t ns = event::first_hop_ns(observed.event);
  const auto [begin, end] = unnumbered_.equal_range(ns);
  for (auto at = begin; at != end; ++at)
    if (at->second.file != file && at->second.observed.event == observed.event) return true;
  oldest_unnumbered_.push_back(unnumbered_.emplace(ns, Unnumbered{file, observed}));
  if (oldest_unnumbered_.size() > capacity_ / 16) {
    unnumbered_.erase(oldest_unnumbered_.front());
    oldest_unnumbered_.pop_front();
  }
  return false;
}

}  // namespace wgt::join
