// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/show_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <numeric>
#include <string_view>
#include <vector>

#include "plugin/sink/text/flow_text.h"
#include "plugin/sink/text/print.h"
#include "plugin/sink/text/printable.h"
#include "plugin/sink/text/units.h"
#include "wgtools/base/time.h"

namespace wgt::sink {
namespace {

// wg's own (terminal.h), which has no use for text_line.h's inks.
constexpr const char* kPlain = "";
constexpr const char* kBold = "\x1b[1m";
constexpr const char* kDim = "\x1b[2m";
constexpr const char* kRed = "\x1b[31m";
constexpr const char* kGreen = "\x1b[32m";
constexpr const char* kYellow = "\x1b[33m";
constexpr const char* kCyan = "\x1b[36m";
constexpr const char* kReset = "\x1b[0m";

constexpr std::string_view kUnderPeer = "    ";

enum class Align { kLeft, kRight };

struct Cell {
  std::string text;
  const char* ink = kPlain;
  Align align = Align::kLeft;
};
using Row = std::vector<Cell>;

class Printer {
 public:
  Printer(std::ostream& out, const TextStyle& style) : out_(out), style_(style) {}

  std::string safe(std::string_view text) const { return printable(text, style_.utf8); }
  std::string paint(std::string_view shown, const char* ink) const {
    if (!style_.color || shown.empty() || ink == kPlain) return std::string(shown);
    return ink + std::string(shown) + kReset;
  }

  // "interface: wg0" and "peer: …", in wg's colours.
  void title(const char* label, const char* ink, std::string_view name, std::string_view rest) {
    const std::string bold = std::string(ink) + kBold;
    out_ << paint(label, bold.c_str()) << ": " << paint(safe(name), ink) << safe(rest) << '\n';
  }
  void field(std::string_view label, std::string_view value) {
    const std::size_t used = 4 + columns(label);
    std::string separator = "  " + paint(label, kBold) + ": ";
    const std::size_t room = kColumns - used;
    for (const std::string& part : wrap(safe(value), room, room)) {
      out_ << separator << quantities(part) << '\n';
      separator = std::string(used, ' ');
    }
  }
  // A value that has neither units nor prefix lengths, such as a key.
  void plain_field(std::string_view label, std::string_view value) {
    out_ << "  " << paint(label, kBold) << ": " << safe(value) << '\n';
  }
  void label(std::string_view text) { out_ << "  " << paint(text, kBold) << ":\n"; }
  // Columns as wide as they must be. If a line becomes too long, every last cell gets a line of
  // its own.
  void table(const std::vector<Row>& rows);

 private:
  // Units and slashes in cyan, as wg prints them.
  std::string quantities(std::string_view text) const;

  std::ostream& out_;
  TextStyle style_;
};

std::string Printer::quantities(std::string_view text) const {
  constexpr std::string_view kUnits[] = {"/",     "B",      "B",       "KiB",    "MiB",     "GiB",
                                         "TiB",   "second", "seconds", "minute", "minutes", "hour",
                                         "hours", "day",    "days",    "year",   "years"};
  if (!style_.color) return std::string(text);
  const auto is_word = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
  std::string painted;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    if (is_word(text[at]))
      while (end < text.size() && is_word(text[end])) end++;
    const std::string_view token = text.substr(at, end - at);
    const bool known = std::ranges::find(kUnits, token) != std::end(kUnits);
    painted += known ? paint(token, kCyan) : std::string(token);
    at = end;
  }
  return painted;
}

void Printer::table(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows)
    for (std::size_t i = 0; i < row.size(); i++) {
      if (i == widths.size()) widths.push_back(0);
      widths[i] = std::max(widths[i], columns(safe(row[i].text)));
    }
  const std::size_t total =
      std::accumulate(widths.begin(), widths.end(), kUnderPeer.size() + 2 * (widths.size() - 1));
  const bool fold = total > kColumns;
  for (const Row& row : rows) {
    std::string line(kUnderPeer);
    std::size_t spaces = 0;  // not written before something follows
    for (std::size_t i = 0; i < row.size(); i++) {
      const std::string shown = safe(row[i].text);
      const std::size_t pad = widths[i] - columns(shown);
      if (shown.empty()) {
        spaces += pad + 2;
        continue;
      }
      if (fold && i + 1 == widths.size() && i > 0) {
        line += "\n" + std::string(kUnderPeer) + "  ";
        spaces = 0;
      }
      if (row[i].align == Align::kRight) spaces += pad;
      line += std::string(spaces, ' ') + paint(shown, row[i].ink);
      spaces = 2 + (row[i].align == Align::kLeft ? pad : 0);
    }
    out_ << line << '\n';
  }
}

// "3 minutes ago": no more than that is needed to see whether a drop is of now.
std::string rough_age(std::int64_t then_ns, std::int64_t now_ns) {
  if (then_ns == 0) return "";
  const std::string age = format_age(std::max<std::int64_t>(now_ns - then_ns, 0) / kNsPerSecond);
  const auto comma = age.find(',');
  return comma == std::string::npos ? age : age.substr(0, comma) + " ago";
}

// Two digits: the histogram knows no more.
std::string rough_time(std::uint64_t ns) {
  std::uint64_t scale = 1;
  while (ns / scale >= 100) scale *= 10;
  const std::uint64_t digits = (ns + scale / 2) / scale;
  const auto rounded = static_cast<double>(digits * scale);
  if (rounded < 1e6) return print(rounded < 1e4 ? "~%.1f µs" : "~%.0f µs", rounded / 1e3);
  if (rounded < 1e9) return print(rounded < 1e7 ? "~%.1f ms" : "~%.0f ms", rounded / 1e6);
  return print("~%.1f s", rounded / 1e9);
}

std::string flow_cell(const explain::DropRow& row) {
  if (row.inner) return compact_flow(*row.inner);
  if (row.outer) return "outer " + compact_flow(*row.outer);
  return "";
}

void drops(Printer& printer, std::string_view label, const std::vector<explain::DropRow>& rows,
           std::int64_t now_ns) {
  printer.label(label);
  std::vector<Row> table;
  for (const explain::DropRow& row : rows) {
    std::string name =
        row.verdict == event::VerdictId::UNKNOWN ? "" : event::verdict_id(row.verdict);
    if (row.reason) name += (name.empty() ? "" : " ") + *row.reason;
    table.push_back({{name, kRed},
                     {std::to_string(row.count), kPlain, Align::kRight},
                     {rough_age(row.last_wall_ns, now_ns)},
                     {flow_cell(row), kDim}});
  }
  printer.table(table);
}

void latency(Printer& printer, const explain::PeerSection& peer) {
  std::vector<Row> table;
  const auto add = [&](const char* way, const explain::Latency& l) {
    if (l.samples == 0) return;
    table.push_back({{way},
                     {"p50"},
                     {rough_time(l.p50_ns), kPlain, Align::kRight},
                     {"p99"},
                     {rough_time(l.p99_ns), kPlain, Align::kRight},
                     {std::to_string(l.samples) + (l.samples == 1 ? " packet" : " packets"), kDim,
                      Align::kRight}});
  };
  add("tx wg_xmit → outer_out", peer.tx);
  add("rx wg_receive → delivered", peer.rx);
  if (table.empty()) return;
  printer.label("latency");
  printer.table(table);
}

void sessions(Printer& printer, const std::vector<explain::SessionRow>& rows) {
  if (rows.empty()) return;
  printer.label("sessions");
  std::vector<Row> table = {{{""},
                             {"here", kDim},
                             {"there", kDim},
                             {"age", kDim, Align::kRight},
                             {"sent", kDim, Align::kRight},
                             {"received", kDim, Align::kRight}}};
  for (const explain::SessionRow& s : rows)
    table.push_back({{s.place},
                     {print("0x%08x", s.local_index)},
                     {print("0x%08x", s.remote_index)},
                     {std::to_string(s.age_s) + " s", kPlain, Align::kRight},
                     {std::to_string(s.sent), kPlain, Align::kRight},
                     {std::to_string(s.received), kPlain, Align::kRight},
                     {s.initiator ? "initiator" : "responder", kDim}});
  printer.table(table);
}

std::string allowed_ips(const wg::Peer& peer) {
  if (peer.allowed_ips.empty()) return "(none)";
  std::string text;
  for (const IpPrefix& prefix : peer.allowed_ips)
    text += (text.empty() ? "" : ", ") + to_string(prefix);
  return text;
}

// Line by line what wg prints.
void as_wg(Printer& printer, const wg::Peer& peer, std::int64_t now_ns) {
  if (peer.has_preshared_key) printer.field("preshared key", "(hidden)");
  if (peer.endpoint) printer.field("endpoint", to_string(*peer.endpoint));
  printer.field("allowed ips", allowed_ips(peer));
  if (peer.last_handshake_unix_s != 0)
    printer.field("latest handshake",
                  format_age(now_ns / kNsPerSecond - peer.last_handshake_unix_s));
  if (peer.rx_bytes != 0 || peer.tx_bytes != 0)
    printer.field("transfer", format_bytes(peer.rx_bytes) + " received, " +
                                  format_bytes(peer.tx_bytes) + " sent");
  if (peer.persistent_keepalive_s != 0) {
    const std::string age = format_age(peer.persistent_keepalive_s);
    printer.field("persistent keepalive",
                  "every " + age.substr(0, age.size() - std::string_view(" ago").size()));
  }
}

void round_trip(Printer& printer, const explain::PeerSection& peer) {
  std::string text;
  if (peer.handshake_trip_ns)
    text = format_duration(static_cast<std::int64_t>(*peer.handshake_trip_ns)) + " (handshake)";
  if (peer.session_trip_ns)
    text += (text.empty() ? "" : ", ") +
            format_duration(static_cast<std::int64_t>(*peer.session_trip_ns)) + " (paired session" +
            (peer.session_trip_age_s > 0 ? ", " + format_age(peer.session_trip_age_s) : "") + ")";
  if (!text.empty()) printer.field("round trip", text);
}

}  // namespace

void show_text(std::ostream& out, const explain::InterfaceView& interface, const TextStyle& style) {
  Printer printer(out, style);
  std::string where;
  if (!interface.own_netns)
    where = interface.netns ? " (netns " + *interface.netns + ")" : " (initial netns)";
  const wg::Device& device = interface.device;
  printer.title("interface", kGreen, device.name, where);
  if (!wg::is_zero(device.public_key))
    printer.plain_field("public key", wg::to_base64(device.public_key));
  if (device.has_private_key) printer.field("private key", "(hidden)");
  if (device.listen_port != 0) printer.field("listening port", std::to_string(device.listen_port));
  if (device.fwmark != 0) printer.field("fwmark", print("0x%x", device.fwmark));
  printer.field("traced since",
                format_age((interface.wall_ns - interface.traced_since_wall_ns) / kNsPerSecond));
  const bool measured = std::any_of(
      interface.peers.begin(), interface.peers.end(),
      [](const explain::PeerSection& p) { return p.tx.samples != 0 || p.rx.samples != 0; });
  if (!measured && !interface.peers.empty())
    printer.field("latency", "(only measured while watched)");
  if (!interface.drops.empty())
    drops(printer, "drops, peer not known", interface.drops, interface.wall_ns);
  if (!interface.removed_drops.empty())
    drops(printer, "drops, peer removed since", interface.removed_drops, interface.wall_ns);
  for (const explain::PeerSection& peer : interface.peers) {
    out << '\n';
    printer.title("peer", kYellow, wg::to_base64(peer.peer.public_key), "");
    as_wg(printer, peer.peer, interface.wall_ns);
    round_trip(printer, peer);
    if (peer.drops.empty())
      printer.field("drops", "none");
    else
      drops(printer, "drops", peer.drops, interface.wall_ns);
    latency(printer, peer);
    sessions(printer, peer.sessions);
  }
}

void show_losses_text(std::ostream& out, const std::map<std::string, std::uint64_t>& lost,
                      const TextStyle& style) {
  std::uint64_t total = 0;
  std::string causes;
  for (const auto& [cause, count] : lost) {
    total += count;
    if (count != 0) causes += (causes.empty() ? "" : ", ") + cause + " " + std::to_string(count);
  }
  if (total == 0) return;
  Printer printer(out, style);
  out << '\n'
      << printer.paint("lost records", (std::string(kYellow) + kBold).c_str()) << ": " << total
      << " (" << causes << ")\n";
  out << "  Not every packet could be followed, so absence proves nothing.\n";
}

}  // namespace wgt::sink
