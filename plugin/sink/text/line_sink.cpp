// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/line_sink.h"

#include <algorithm>

#include "plugin/explain/flow.h"
#include "plugin/explain/reason_name.h"
#include "plugin/sink/text/flow_text.h"
#include "plugin/sink/text/handshake_text.h"
#include "plugin/sink/text/path_time.h"
#include "plugin/sink/text/printable.h"
#include "plugin/sink/text/summary_text.h"
#include "plugin/sink/text/units.h"

namespace wgt::sink {
namespace {

constexpr std::size_t kProtoWidth = 4;
constexpr std::size_t kTotalWidth = 8;      // "999.9 µs"
constexpr std::size_t kWidestRoute = 16;    // more is cut short
constexpr std::size_t kShortestReason = 6;  // less of it says nothing
constexpr std::size_t kClockWithoutMs = 8;  // "12:03:11"
// What the columns of flow and route may take up together, so that the longest verdict id
// (rx.disallowed_source) still fits behind them.
constexpr std::size_t kFlowAndRoute = 38;

// Each level leaves out one thing more, until the line fits.
enum Level { kAll, kUnaligned, kShortReason, kNoReason, kNoTotal, kNoRoute, kNoFraction, kLevels };

std::string shortened(const std::string& text, std::size_t width) {
  if (columns(text) <= width) return text;
  return wrap(text, width - 1, width - 1).front() + "…";
}

// The shortest name that tells the ends apart: the namespace, else the host without its domain.
// Blocks and JSON have both.
std::string end_name(const std::optional<explain::Side>& side) {
  if (!side) return "?";
  return printable(side->netns ? *side->netns : side->host.substr(0, side->host.find('.')), true);
}

std::string route_of(const explain::PathView& path) {
  return shortened(end_name(path.tx) + "→" + end_name(path.rx), kWidestRoute);
}

}  // namespace

LineSink::Parts LineSink::parts_of(const explain::PathView& path) {
  Parts parts;
  const event::VerdictId verdict = path.verdict.id;
  const bool success = event::is_success(verdict);
  const bool open = verdict == event::VerdictId::UNKNOWN || event::is_pending(verdict);
  parts.sign = success ? "✓" : event::is_pending(verdict) ? "…" : open ? "?" : "✗";
  parts.ink = success ? Ink::kGood : open ? Ink::kDoubt : Ink::kBad;
  const std::int64_t start = start_wall_ns(path);
  parts.clock = start == 0 ? "-" : format_clock(start);
  parts.proto = path.inner ? explain::proto_name(path.inner->proto) : "";
  parts.flow = path.inner ? compact_flow(*path.inner) : unknown_inner(path);
  parts.route = route_of(path);
  parts.verdict = event::verdict_id(verdict);
  for (const explain::Carrier& carrier : path.via)
    parts.verdict += " via " + printable(carrier.interface, true);
  if (path.amends) parts.verdict += std::string(", was ") + event::verdict_id(*path.amends);
  // How long a packet took is of interest if it came, and why it did not if not.
  const auto total = total_ns(path);
  if (success) parts.total = total ? format_duration(*total) : "-";
  if (!success) parts.reason = path.verdict.reason.value_or("");
  return parts;
}

TextLine LineSink::format(const Parts& parts, int level) const {
  const bool aligned = level < kUnaligned;
  TextLine line(style_);
  line.add(parts.clock.substr(0, level < kNoFraction ? parts.clock.size() : kClockWithoutMs),
           Ink::kDim);
  line.add(" ").add(parts.sign, parts.ink).add(" ");
  const std::size_t flow_end =
      line.width() + kProtoWidth + 1 + std::min(flow_width_, kFlowAndRoute - route_width_);
  if (!parts.proto.empty()) line.add_left(parts.proto, aligned ? kProtoWidth : 0).add(" ");
  line.add(parts.flow).pad_to(aligned ? flow_end : 0);
  if (level < kNoRoute) line.add(" ").add_left(parts.route, aligned ? route_width_ : 0);
  if (level < kNoTotal && !parts.total.empty())
    line.add(" ").add_right(parts.total, aligned ? kTotalWidth : 0, Ink::kDim);
  line.add(" ").add(parts.verdict, parts.ink);
  if (level < kNoReason && !parts.reason.empty()) {
    const std::size_t room = kColumns - std::min(kColumns, line.width() + 1);
    const bool cut = level == kShortReason && room >= kShortestReason;
    line.add(" ").add(cut ? shortened(parts.reason, room) : parts.reason);
  }
  return line;
}

void LineSink::path(const explain::PathView& path) {
  const Parts parts = parts_of(path);
  const TextLine measure(style_);
  flow_width_ = std::max(flow_width_, measure.width_of(parts.flow));
  route_width_ = std::max(route_width_, measure.width_of(parts.route));
  int level = kAll;
  while (level < kLevels && format(parts, level).width() > kColumns) level++;
  // Two long IPv6 addresses never fit: then at least nothing is left out.
  out_ << format(parts, level < kLevels ? level : kUnaligned).text() << '\n';
}

void LineSink::handshake(const explain::HandshakeView& handshake) {
  out_ << handshake_text(handshake, style_) << '\n';
}

void LineSink::summary(const explain::Summary& summary) { out_ << summary_text(summary); }

}  // namespace wgt::sink
