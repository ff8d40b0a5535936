// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/health_text.h"

#include <algorithm>
#include <cstddef>
#include <map>

#include "plugin/sink/text/printable.h"
#include "plugin/sink/text/units.h"

namespace wgt::sink {
namespace {

using health::Severity;
using health::Status;

constexpr std::string_view kIndent = "  ";
constexpr std::size_t kFineAtMost = 12;  // healthy peers by name; one screen is enough

Ink ink_of(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return Ink::kBad;
    case Severity::kWarning:
      return Ink::kDoubt;
    case Severity::kInfo:
      break;
  }
  return Ink::kDim;
}

Ink ink_of(Status status) {
  switch (status) {
    case Status::kDead:
    case Status::kOneway:
      return Ink::kBad;
    case Status::kDegraded:
    case Status::kWaiting:
    case Status::kNever:
      return Ink::kDoubt;
    case Status::kActive:
    case Status::kIdle:
      break;
  }
  return Ink::kGood;
}

class Screen {
 public:
  Screen(std::ostream& out, const TextStyle& style) : out_(out), style_(style) {}

  TextLine line() const { return TextLine(style_); }
  void put(const TextLine& line) { out_ << line.text() << '\n'; }
  void gap() { out_ << '\n'; }

  // Wrapped to the screen, behind a head that the other lines leave room for.
  void paragraph(std::string_view head, Ink ink, std::string_view text, std::size_t indent) {
    const std::size_t used = indent + (head.empty() ? 0 : line().width_of(head) + 1);
    const std::string shown = printable(text, style_.utf8);
    bool first = true;
    for (const std::string& part : wrap(shown, kColumns - used, kColumns - indent - 2)) {
      TextLine row = line();
      row.pad_to(first ? indent : indent + 2);
      if (first && !head.empty()) row.add(head, ink).add(" ");
      put(row.add(part));
      first = false;
    }
  }
  // To be pasted: in one piece, at the start of a line.
  void command(const std::string& text) { out_ << printable(text, style_.utf8) << '\n'; }

 private:
  std::ostream& out_;
  TextStyle style_;
};

void finding(Screen& screen, const health::Finding& f) {
  screen.paragraph(f.id, ink_of(f.severity), f.message + ".", kIndent.size());
  std::string evidence;
  for (const auto& [name, value] : f.evidence) {
    if (!evidence.empty()) evidence += ", ";
    evidence += name + " ";
    evidence += std::holds_alternative<std::string>(value)
                    ? std::get<std::string>(value)
                    : std::to_string(std::get<std::int64_t>(value));
  }
  if (!evidence.empty()) screen.paragraph("evidence:", Ink::kDim, evidence, 2 * kIndent.size());
  if (f.advice) screen.paragraph("what to do:", Ink::kBold, *f.advice, 2 * kIndent.size());
  if (f.command) screen.command(*f.command);
}

std::string summary_of(const health::PeerReport& p) {
  std::string text;
  if (p.handshake_age_s)
    text = "latest handshake " + format_age(*p.handshake_age_s);
  else
    text = "no handshake yet";
  if (p.attempts && *p.attempts != 0)
    text += ", " + std::to_string(*p.attempts) + (*p.attempts == 1 ? " attempt" : " attempts") +
            " since";
  return text;
}

bool is_fine(const health::PeerReport& p) {
  return p.findings.empty() && (p.status == Status::kActive || p.status == Status::kIdle);
}

void whole_peer(Screen& screen, const health::PeerReport& p) {
  screen.gap();
  screen.put(screen.line().add("peer", Ink::kBold).add(": ").add(wg::to_base64(p.peer.public_key)));
  TextLine status = screen.line();
  status.add(kIndent).add("status", Ink::kBold).add(": ");
  status.add(health::status_name(p.status), ink_of(p.status)).add(", ").add(summary_of(p));
  screen.put(status);
  TextLine way = screen.line();
  way.add(kIndent).add("endpoint", Ink::kBold).add(": ");
  way.add(p.peer.endpoint ? to_string(*p.peer.endpoint) : "(none)");
  screen.put(way);
  screen.put(screen.line()
                 .add(kIndent)
                 .add("transfer", Ink::kBold)
                 .add(": ")
                 .add(format_bytes(p.peer.rx_bytes) + " received, " +
                      format_bytes(p.peer.tx_bytes) + " sent"));
  if (p.network_loss && p.network_loss->lost != 0)
    screen.paragraph("not received:", Ink::kBold,
                     std::to_string(p.network_loss->lost) + " of the last " +
                         std::to_string(p.network_loss->expected) + " packets of this session",
                     kIndent.size());
  for (const health::Finding& f : p.findings) finding(screen, f);
}

}  // namespace

void health_text(std::ostream& out, const health::InterfaceReport& report, const TextStyle& style) {
  Screen screen(out, style);
  TextLine title = screen.line();
  title.add("interface", Ink::kGood).add(": ").add(report.name);
  if (!report.own_netns)
    title.add(report.netns ? " (netns " + *report.netns + ")" : " (initial netns)");
  screen.put(title);
  std::map<Status, std::size_t> counts;
  for (const health::PeerReport& p : report.peers) counts[p.status]++;
  TextLine totals = screen.line();
  totals.add(kIndent).add("peers", Ink::kBold).add(": ");
  if (report.peers.empty()) totals.add("(none)");
  bool first = true;
  for (const auto& [status, count] : counts) {
    totals.add(first ? "" : ", ").add(std::to_string(count)).add(" ");
    totals.add(health::status_name(status), ink_of(status));
    first = false;
  }
  screen.put(totals);
  for (const health::Finding& f : report.findings) finding(screen, f);

  std::size_t fine = 0;
  for (const health::PeerReport& p : report.peers) {
    if (!is_fine(p)) {
      whole_peer(screen, p);
      continue;
    }
    if (fine++ >= kFineAtMost) continue;
    if (fine == 1) screen.gap();
    TextLine row = screen.line();
    row.add("peer", Ink::kBold).add(": ").add(wg::short_form(p.peer.public_key)).add(" ");
    row.add_left(health::status_name(p.status), sizeof "active", ink_of(p.status));
    screen.put(row.add(summary_of(p)));
  }
  if (fine > kFineAtMost)
    screen.put(screen.line().add("and " + std::to_string(fine - kFineAtMost) +
                                 " more peers that are fine"));
}

void check_text(std::ostream& out, const health::CheckReport& report, const TextStyle& style) {
  Screen screen(out, style);
  TextLine title = screen.line();
  title.add("interface", Ink::kGood).add(": ").add(report.interface);
  if (report.netns) title.add(" (netns " + *report.netns + ")");
  screen.put(title);
  for (const health::Finding& f : report.findings) finding(screen, f);
  for (const std::string& text : report.fine)
    screen.paragraph("fine:", Ink::kGood, text, kIndent.size());
}

}  // namespace wgt::sink
