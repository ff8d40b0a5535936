// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/pcapng/pcapng_sink.h"

#include <algorithm>
#include <optional>

#include "plugin/sink/pcapng/comment.h"
#include "plugin/sink/pcapng/frame.h"
#include "plugin/sink/text/printable.h"
#include "plugin/sink/text/say.h"
#include "plugin/sink/text/summary_text.h"

namespace wgt::sink {
namespace {

using event::Stage;
using pcapng::Direction;
using pcapng::Packet;

// Places are named by others: a hostile recording must not fill the memory with them.
constexpr std::size_t kMostInterfaces = 4096;

constexpr const char* kAbout =
    "Written by wg-trace from what it keeps of each packet's headers: addresses, ports, lengths, "
    "TTL, numbers. What it does not keep is cut off by the captured length. Zero where it stands "
    "in front of something that is known: Ethernet addresses, fragment bits, the checksums of the "
    "encrypted packets' UDP headers and of ICMP echoes.";

// Places in the order of the path.
enum Place : std::uint8_t { kTxInner, kTxOuter, kRxOuter, kRxInner, kPlaces };

// Where a packet with that ending had been seen until then. nullopt: the ending does not say.
std::optional<Place> last_place(event::VerdictId verdict) {
  const auto stage = event::verdict_stage(verdict);
  if (!stage) return std::nullopt;
  if (*stage <= Stage::kEncrypt) return kTxInner;
  if (*stage <= Stage::kNetwork) return kTxOuter;
  return *stage < Stage::kAllowedIps ? kRxOuter : kRxInner;
}

// Of the last of these hops that was seen; the side's first moment if none was.
std::int64_t time_of(const explain::Side& side, std::initializer_list<Stage> stages) {
  std::uint64_t ns = 0;
  for (const explain::Hop& hop : side.hops)
    if (std::ranges::find(stages, hop.stage) != stages.end()) ns = hop.ns;
  return static_cast<std::int64_t>(ns);
}

std::int64_t end_of(const explain::Side& side) {
  return side.hops.empty() ? 0 : static_cast<std::int64_t>(side.hops.back().ns);
}

// Whether the receiver itself had the inner packet in its hands, out of the tunnel.
bool came_out(const explain::PathView& path) {
  if (!path.rx || !path.inner) return false;
  const auto seen = [&](Stage stage) {
    return std::ranges::find(path.rx->hops, stage, &explain::Hop::stage) != path.rx->hops.end();
  };
  const bool refused_inside =
      path.verdict.side == event::VerdictSide::kRx && last_place(path.verdict.id) == kRxInner;
  return seen(Stage::kAllowedIps) || seen(Stage::kDelivered) || refused_inside;
}

std::optional<std::uint64_t> id_of(const explain::PathView& path) {
  if (!path.key) return std::nullopt;
  return std::uint64_t{path.key->receiver_index} << 32U | (path.key->counter & 0xffffffffU);
}

}  // namespace

PcapngSink::PcapngSink(std::ostream& out) : StreamSink(out) {
  out_ << pcapng::section_header(kAbout);
}

std::uint32_t PcapngSink::interface(const std::string& name, const std::string& description) {
  if (const auto found = interfaces_.find(name); found != interfaces_.end()) return found->second;
  if (interfaces_.size() >= kMostInterfaces) return static_cast<std::uint32_t>(kMostInterfaces - 1);
  const auto number = static_cast<std::uint32_t>(interfaces_.size());
  const bool is_last = number + 1 == kMostInterfaces;
  out_ << pcapng::interface_description(is_last ? "other places" : name, description);
  interfaces_.emplace(name, number);
  return number;
}

std::uint32_t PcapngSink::place(const explain::Side& side, bool outer) {
  const std::string tunnel = explain::side_label(side) + ":" + side.interface;
  return interface(printable(tunnel + (outer ? ":outer" : ""), true),
                   outer ? "the encrypted packets of that tunnel" : "the packets in the tunnel");
}

std::vector<Packet> PcapngSink::packets_of(const explain::PathView& path) {
  const auto zeros = clock_.of(path);
  std::vector<Packet> packets;
  const auto add = [&](Place at, const explain::Side& side, pcapng::Frame frame,
                       std::optional<std::int64_t> zero_ns, std::int64_t hop_ns) {
    const bool told = path.amends && last_place(*path.amends) >= at;
    if (told) return;
    packets.push_back({.interface = place(side, at == kTxOuter || at == kRxOuter),
                       .wall_ns = zero_ns ? *zero_ns + hop_ns : last_ns_,
                       .frame = std::move(frame),
                       .direction = at < kRxOuter ? Direction::kOut : Direction::kIn,
                       .id = id_of(path),
                       .comment = {}});
  };
  if (path.tx && path.inner)
    add(kTxInner, *path.tx, pcapng::inner_frame(*path.inner), zeros.tx_ns,
        time_of(*path.tx, {Stage::kWgXmit}));
  if (path.tx && path.outer)
    add(kTxOuter, *path.tx, pcapng::outer_frame(*path.outer, path.key), zeros.tx_ns,
        time_of(*path.tx, {Stage::kUdpTunnelXmit, Stage::kOuterOut}));
  if (path.rx && path.rx->outer)
    add(kRxOuter, *path.rx, pcapng::outer_frame(*path.rx->outer, path.key), zeros.rx_ns, 0);
  if (came_out(path))
    add(kRxInner, *path.rx, pcapng::inner_frame(*path.inner), zeros.rx_ns, end_of(*path.rx));
  return packets;
}

void PcapngSink::path(const explain::PathView& path) {
  std::vector<Packet> packets = packets_of(path);
  if (packets.empty() && path.amends) {
    // It ended elsewhere, but not further on: the last place again, with its new ending.
    explain::PathView whole = path;
    whole.amends.reset();
    packets = packets_of(whole);
    if (packets.size() > 1) packets.erase(packets.begin(), packets.end() - 1);
  }
  if (packets.empty()) no_packets_++;
  for (Packet& packet : packets) {
    packet.comment = pcapng::comment_of(path, &packet == &packets.back());
    last_ns_ = packet.wall_ns;
    out_ << pcapng::enhanced_packet(packet);
  }
}

void PcapngSink::handshake(const explain::HandshakeView& handshake) {
  if (!handshake.outer) return;
  explain::Side side;
  side.host = handshake.host;
  side.netns = handshake.netns;
  side.interface = handshake.interface;
  const Packet packet{.interface = place(side, true),
                      .wall_ns = clock_.of(explain::side_label(side), handshake.wall_ns),
                      .frame = pcapng::outer_frame(*handshake.outer, std::nullopt),
                      .direction = Direction::kIn,
                      .id = std::nullopt,
                      .comment = pcapng::comment_of(handshake)};
  out_ << pcapng::enhanced_packet(packet);
}

void PcapngSink::summary(const explain::Summary& summary) {
  if (!interfaces_.empty()) out_ << pcapng::interface_statistics(0, summary.lost);
  std::string text = summary_text(summary);
  if (no_packets_ != 0)
    text += std::to_string(no_packets_) + " of them without a packet: no address is known\n";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    say(text.substr(at, end - at));
    at = end + 1;
  }
}

}  // namespace wgt::sink
