// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/block_sink.h"

#include <cstdio>

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

using event::Stage;
using explain::PathView;
using explain::Side;

constexpr const char* kInHost = "│ ";
constexpr const char* kBetween = "┆ ";
constexpr const char* kText = "  ";
constexpr const char* kCommand = "    ";

constexpr std::size_t kTimeWidth = 9;  // "9999.9 µs"
constexpr std::size_t kDeltaWidth = 11;
constexpr std::size_t kStageWidth = 17;  // "udp_tunnel_xmit  "

// What happens at a step, for somebody who does not know the kernel's names.
std::string stage_words(Stage stage, const PathView& path, const Side& side) {
  switch (stage) {
    case Stage::kWgXmit:
      return "enters " + side.interface;
    case Stage::kEncrypt:
      return path.key ? "gets number " + std::to_string(path.key->counter) : "gets its number";
    case Stage::kUdpTunnelXmit:
      return "encrypted, wrapped in UDP";
    case Stage::kOuterOut:
      return "handed to the network";
    case Stage::kOuterIn:
      return "reaches the host";
    case Stage::kWgReceive:
      return "reaches WireGuard";
    case Stage::kDecrypt:
      return "decrypted";
    case Stage::kReplay:
      return "not seen before";
    case Stage::kAllowedIps:
      return "source is the peer's own";
    case Stage::kDelivered:
      return "handed to the inner stack";
    case Stage::kNetwork:
      break;
  }
  return "";
}

std::string key_text(const event::PacketKey& key) {
  char text[64];
  std::snprintf(text, sizeof text, "session 0x%08x #%llu", key.receiver_index,
                static_cast<unsigned long long>(key.counter));
  return text;
}

std::string network_time(const explain::Network& network) {
  std::string text = format_duration(network.ns);
  if (network.error_ns == 0) return text + " on the way (one host, one clock)";
  return text + " ± " + format_duration(static_cast<std::int64_t>(network.error_ns)) +
         " on the way";
}

// How the receiver saw the outer packet, where that says more than how the sender sent it.
std::vector<std::string> arrival_parts(const std::optional<event::Tuple>& sent,
                                       const event::Tuple& seen) {
  const std::string from = explain::source_text(seen);
  const std::string to = explain::destination_text(seen);
  if (!sent) return {"arrives from " + from, "at " + to};
  const bool other_source = explain::source_text(*sent) != from;
  const bool other_destination = explain::destination_text(*sent) != to;
  if (other_source && other_destination) return {"arrives as " + from, "→ " + to, "(NAT)"};
  if (other_source) return {"arrives as " + from, "(NAT)"};
  if (other_destination) return {"arrives at " + to, "(NAT)"};
  return {};
}

struct Mark {
  const char* sign;
  Ink ink;
};
Mark mark_of(event::VerdictId verdict) {
  if (event::is_success(verdict)) return {.sign = "✓ ", .ink = Ink::kGood};
  if (verdict == event::VerdictId::UNKNOWN) return {.sign = "? ", .ink = Ink::kDoubt};
  if (event::is_pending(verdict)) return {.sign = "… ", .ink = Ink::kDoubt};
  return {.sign = "✗ ", .ink = Ink::kBad};
}

// Where it ended, unless the id says so.
std::string place_words(const explain::Verdict& verdict) {
  if (!verdict.stage || *verdict.stage == Stage::kNetwork) return "";
  const std::string stage = event::stage_name(*verdict.stage);
  if (stage == event::verdict_id(verdict.id)) return "";
  const bool passed =
      verdict.id == event::VerdictId::UNKNOWN || verdict.id == event::VerdictId::INNER_IN;
  return (passed ? " after " : " at ") + stage +
         (verdict.in_carrier.empty() ? "" : " of " + verdict.in_carrier);
}

// As it is, or in pieces when it is too long for one line.
std::vector<std::string> fold(const std::string& text, std::size_t room) {
  if (columns(text) <= room) return {text};
  return wrap(text, room, room);
}

// What stands after the verdict's id.
std::string verdict_words(const PathView& path) {
  std::string words;
  if (event::is_success(path.verdict.id)) {
    if (!path.tx) return " (the sender was not watched)";
    if (const auto total = total_ns(path)) words = " in " + format_duration(*total);
    if (path.network && path.network->error_ns != 0)
      words += " ± " + format_duration(static_cast<std::int64_t>(path.network->error_ns));
  } else {
    words = place_words(path.verdict);
  }
  if (path.verdict.certainty == explain::Certainty::kInferred) words += " (inferred)";
  return words;
}

}  // namespace

void BlockSink::put_wrapped(const char* gutter, std::string_view text, Ink ink) {
  const std::size_t room = kColumns - columns(gutter);
  for (const std::string& part : wrap(printable(text, style_.utf8), room, room))
    put(line().add(gutter, Ink::kDim).add(part, ink));
}

void BlockSink::put_parts(const char* gutter, const std::vector<std::string>& parts, Ink ink,
                          std::string_view end) {
  TextLine now = line().add(gutter, Ink::kDim);
  const std::size_t start = now.width();
  const std::size_t room = kColumns - start - columns(kText);
  for (const std::string& whole : parts) {
    // More than one piece only for names that do not fit on any line.
    for (const std::string& part : fold(printable(whole, style_.utf8), room)) {
      const bool first = now.width() == start;
      if (!first && now.width() + 1 + columns(part) > kColumns) {
        put(now);
        now = line().add(gutter, Ink::kDim).add(kText);
      } else if (!first) {
        now.add(" ");
      }
      now.add(part, ink);
    }
  }
  const std::size_t taken = now.width_of(end);
  if (taken != 0) {
    if (now.width() + 2 + taken > kColumns) {
      put(now);
      now = line().add(gutter, Ink::kDim).add(kText);
    } else {
      now.pad_to(kColumns - taken);
    }
    now.add(end, Ink::kDim);
  }
  put(now);
}

void BlockSink::headline(const PathView& path) {
  const std::vector<std::string> parts =
      path.inner ? flow_parts(*path.inner) : std::vector{unknown_inner(path)};
  put_parts("", parts, Ink::kBold, path.key ? key_text(*path.key) : "");
}

void BlockSink::hops(const PathView& path, const Side& side) {
  std::uint64_t before = 0;
  for (const explain::Hop& hop : side.hops) {
    TextLine now = line().add(kInHost, Ink::kDim);
    now.add_right(format_duration(static_cast<std::int64_t>(hop.ns)), kTimeWidth);
    const auto delta = static_cast<std::int64_t>(hop.ns - before);
    const bool first = &hop == &side.hops.front();
    const bool ends = hop.stage == path.verdict.stage && path.verdict.in_carrier.empty();
    now.add_right(first ? "" : "+" + format_duration(delta), kDeltaWidth, Ink::kDim).add("  ");
    now.add_left(event::stage_name(hop.stage), kStageWidth);
    if (ends && event::is_pending(path.verdict.id))
      now.add("waits here", Ink::kDoubt);
    else if (ends && !event::is_success(path.verdict.id) &&
             path.verdict.id != event::VerdictId::UNKNOWN &&
             path.verdict.id != event::VerdictId::INNER_IN)
      now.add("dies here", Ink::kBad);
    else
      now.add(stage_words(hop.stage, path, side), Ink::kDim);
    put(now);
    before = hop.ns;
  }
}

void BlockSink::side(const PathView& path, const Side& side, const char* role) {
  std::vector<std::string> parts = {role + explain::side_label(side) + ",", side.interface};
  const bool sends = &side == (path.tx ? &*path.tx : nullptr);
  if (side.peer) parts.push_back((sends ? "to peer " : "from peer ") + wg::short_form(*side.peer));
  put_parts("", parts, Ink::kBold, side.t0_wall_ns == 0 ? "" : format_date_time(side.t0_wall_ns));
  if (side.gso_segments != 0)
    put_wrapped(kInHost, "packet " + std::to_string(side.gso_segment + 1) + " of " +
                             std::to_string(side.gso_segments) +
                             " that the stack handed over as one (GSO)");
  if (side.outer)
    if (const auto parts_seen = arrival_parts(path.outer, *side.outer); !parts_seen.empty())
      put_parts(kInHost, parts_seen, Ink::kPlain, "");
  hops(path, side);
}

void BlockSink::network(const PathView& path) {
  if (path.outer) put_parts(kBetween, flow_parts(*path.outer), Ink::kPlain, "");
  for (const explain::Carrier& carrier : path.via) {
    std::vector<std::string> parts = {"carried by " + carrier.interface};
    if (carrier.peer) parts.push_back("to peer " + wg::short_form(*carrier.peer));
    put_parts(kBetween, parts, Ink::kPlain, carrier.key ? key_text(*carrier.key) : "");
  }
  if (path.network) put_wrapped(kBetween, network_time(*path.network));
}

void BlockSink::advice(const explain::Verdict& verdict) {
  if (!verdict.advice) return;
  std::string_view text = *verdict.advice;
  if (verdict.command) text.remove_suffix(verdict.command->size() + 1);
  constexpr std::string_view kLead = "what to do: ";
  const std::size_t room = kColumns - columns(kText);
  const auto lines = wrap(printable(text, style_.utf8), room - kLead.size(), room);
  put(line().add(kText).add(kLead, Ink::kBold).add(lines.front()));
  for (std::size_t i = 1; i < lines.size(); i++) put(line().add(kText).add(lines[i]));
  if (!verdict.command) return;
  // Copied whole or not at all: a line that the terminal folds can still be selected as one.
  const bool fits = columns(kCommand) + line().width_of(*verdict.command) <= kColumns;
  put(line().add(fits ? kCommand : "").add(*verdict.command, Ink::kBold));
}

void BlockSink::verdict(const PathView& path) {
  const explain::Verdict& verdict = path.verdict;
  const Mark mark = mark_of(verdict.id);
  put(line()
          .add(mark.sign, mark.ink)
          .add(event::verdict_id(verdict.id), mark.ink)
          .add(verdict_words(path)));
  if (path.amends)
    put_wrapped(kText, std::string("Told as ") + event::verdict_id(*path.amends) +
                           " at first; a later record says more.");
  if (verdict.id == event::VerdictId::DELIVERED) return;
  put_wrapped(kText, verdict.message + ".");
  if (verdict.reason && verdict.id != event::VerdictId::UNKNOWN &&
      verdict.id != event::VerdictId::RX_REPLAY) {
    const bool icmp = verdict.id == event::VerdictId::NETWORK_REJECTED;
    std::string kernel = (icmp ? "ICMP: " : "kernel: ") + *verdict.reason;
    if (verdict.function) kernel += " in " + *verdict.function;
    put_wrapped(kText, kernel, Ink::kDim);
    for (const std::string& function : verdict.stack) put_wrapped(kCommand, function, Ink::kDim);
  }
  advice(verdict);
}

void BlockSink::path(const PathView& path) {
  if (!first_) out_ << '\n';
  first_ = false;
  headline(path);
  if (path.tx) side(path, *path.tx, "sender   ");
  network(path);
  if (path.rx) side(path, *path.rx, "receiver ");
  verdict(path);
}

void BlockSink::handshake(const explain::HandshakeView& handshake) {
  if (!first_) out_ << '\n';
  first_ = false;
  out_ << handshake_text(handshake, style_) << '\n';
}

void BlockSink::summary(const explain::Summary& summary) {
  if (!first_) out_ << '\n';
  out_ << summary_text(summary);
}

}  // namespace wgt::sink
