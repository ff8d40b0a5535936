// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/pcapng/one_clock.h"

namespace wgt::sink::pcapng {
namespace {

constexpr std::size_t kMostHosts = 4096;

std::int64_t took_ns(const explain::Side& side) {
  return side.hops.empty() ? 0 : static_cast<std::int64_t>(side.hops.back().ns);
}

bool has_time(const std::optional<explain::Side>& side) { return side && side->t0_wall_ns != 0; }

}  // namespace

bool OneClock::knows(const std::string& label) const {
  return label == reference_ || add_ns_.contains(label);
}

std::int64_t OneClock::of(const std::string& label, std::int64_t wall_ns) const {
  const auto found = add_ns_.find(label);
  return found == add_ns_.end() ? wall_ns : wall_ns + found->second;
}

void OneClock::learn(const std::string& label, std::int64_t add_ns) {
  if (label == reference_) return;  // two hosts of one name: nothing tells them apart
  if (add_ns_.size() < kMostHosts || add_ns_.contains(label)) add_ns_[label] = add_ns;
}

OneClock::Zeros OneClock::of(const explain::PathView& path) {
  const bool sent = has_time(path.tx);
  const bool received = has_time(path.rx);
  const std::string tx = sent ? explain::side_label(*path.tx) : "";
  const std::string rx = received ? explain::side_label(*path.rx) : "";
  if (!reference_ && (sent || received)) reference_ = sent ? tx : rx;

  Zeros zeros;
  if (sent) zeros.tx_ns = of(tx, path.tx->t0_wall_ns);
  if (received) zeros.rx_ns = of(rx, path.rx->t0_wall_ns);
  if (!sent || !received || !path.network) return zeros;
  const std::int64_t between_ns = took_ns(*path.tx) + path.network->ns;
  if (rx == reference_ && tx != reference_) {
    zeros.tx_ns = *zeros.rx_ns - between_ns;
    learn(tx, *zeros.tx_ns - path.tx->t0_wall_ns);
  } else {
    zeros.rx_ns = *zeros.tx_ns + between_ns;
    learn(rx, *zeros.rx_ns - path.rx->t0_wall_ns);
  }
  return zeros;
}

}  // namespace wgt::sink::pcapng
