// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/answer_text.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "plugin/sink/text/printable.h"
#include "plugin/sink/text/units.h"

namespace wgt::sink {
namespace {

using health::Outcome;

class Paragraphs {
 public:
  Paragraphs(std::ostream& out, const TextStyle& style) : out_(out), style_(style) {}

  void line(std::string_view head, Ink ink, std::string_view text, std::size_t indent) {
    const std::size_t used = indent + (head.empty() ? 0 : columns(head) + 1);
    const std::size_t hang = columns(head) == 1 ? indent + 2 : indent;  // beside a sign
    bool first = true;
    for (const std::string& part :
         wrap(printable(text, style_.utf8), kColumns - used, kColumns - hang)) {
      TextLine row(style_);
      row.pad_to(first ? indent : hang);
      if (first && !head.empty()) row.add(head, ink).add(" ");
      out_ << row.add(part).text() << '\n';
      first = false;
    }
  }
  // Broken only between its items.
  void list(std::string_view head, const std::vector<std::string>& items, std::size_t indent) {
    TextLine row(style_);
    row.pad_to(indent).add(head, Ink::kDim);
    for (const std::string& item : items) {
      const bool last = &item == &items.back();
      const std::string shown = item + (last ? "" : ",");
      if (row.width() + 1 + row.width_of(shown) > kColumns) {
        out_ << row.text() << '\n';
        row = TextLine(style_);
        row.pad_to(indent + 1);
      }
      row.add(" ").add(shown);
    }
    out_ << row.text() << '\n';
  }
  // To be pasted: in one piece, at the start of a line.
  void command(const std::string& text) { out_ << printable(text, style_.utf8) << '\n'; }

 private:
  std::ostream& out_;
  TextStyle style_;
};

struct OutcomeSign {
  const char* text;
  Ink ink;
};
OutcomeSign outcome_sign(Outcome outcome) {
  constexpr OutcomeSign kOutcomeSigns[] = {
      {"✓", Ink::kGood}, {"!", Ink::kDoubt}, {"✗", Ink::kBad}, {"?", Ink::kDoubt}};
  return kOutcomeSigns[static_cast<std::size_t>(outcome)];
}

std::vector<std::string> round_trips(const health::WhyFacts& facts) {
  std::vector<std::int64_t> all;
  for (const health::Probe& probe : facts.probes)
    if (probe.answer_ns) all.push_back(*probe.answer_ns);
  if (all.empty()) return {};
  std::int64_t sum = 0;
  for (const std::int64_t ns : all) sum += ns;
  const auto [least, most] = std::ranges::minmax(all);
  return {"least " + format_duration(least),
          "average " + format_duration(sum / static_cast<std::int64_t>(all.size())),
          "most " + format_duration(most)};
}

// Each step since the one before it.
std::vector<std::string> steps(const explain::Side& side) {
  std::vector<std::string> all;
  std::uint64_t before = 0;
  for (const explain::Hop& hop : side.hops) {
    std::string text = event::stage_name(hop.stage);
    if (!all.empty()) text += " +" + format_duration(static_cast<std::int64_t>(hop.ns - before));
    all.push_back(std::move(text));
    before = hop.ns;
  }
  return all;
}

void way(Paragraphs& to, const std::string& name, const std::optional<explain::PathView>& path) {
  if (!path) return;
  const auto side = [&](const std::optional<explain::Side>& end) {
    if (end && !end->hops.empty())
      to.list(name + ", " + explain::side_label(*end) + ":", steps(*end), 2);
  };
  side(path->tx);
  if (path->network) {
    const auto error_ns = static_cast<std::int64_t>(path->network->error_ns);
    to.list(
        name + ", network:",
        {format_duration(path->network->ns) +
         (error_ns == 0 ? " (one host, one clock)" : ", known to " + format_duration(error_ns))},
        2);
  }
  side(path->rx);
}

std::string head_of(const health::Answer& answer) {
  std::string text = answer.id;
  if (!answer.step.empty()) text += " at " + answer.step;
  if (!answer.where.empty()) text += " on " + answer.where;
  return text + " (" + answer.certainty + ")";
}

}  // namespace

void answer_text(std::ostream& out, const health::WhyFacts& facts, const health::Answer& answer,
                 const TextStyle& style) {
  Paragraphs to(out, style);
  const OutcomeSign sign = outcome_sign(answer.outcome);
  if (answer.outcome == Outcome::kFine) {
    to.line(printable(sign.text, style.utf8), sign.ink, answer.message, 0);
    to.list("round trip:", round_trips(facts), 2);
    // The one that was answered last is as good as any.
    const auto last =
        std::ranges::find_if(facts.probes.rbegin(), facts.probes.rend(),
                             [](const auto& probe) { return probe.there && probe.back; });
    if (last == facts.probes.rend()) return;
    way(to, "there", last->there);
    way(to, "back", last->back);
    if (!last->there->network)
      to.line("", Ink::kPlain, "What the network and the other host took, --pair HOST would show.",
              2);
    return;
  }
  to.line(printable(sign.text, style.utf8), sign.ink, head_of(answer), 0);
  to.line("", Ink::kPlain, answer.message + ".", 2);
  if (!answer.not_known.empty()) to.line("", Ink::kPlain, "From here it cannot be known:", 2);
  for (const std::string& what : answer.not_known) to.line("-", Ink::kDim, what, 4);
  if (answer.advice) to.line("what to do:", Ink::kBold, *answer.advice, 2);
  if (answer.command) to.command(*answer.command);
  if (!answer.then) return;
  to.line("", Ink::kPlain, "and then here:", 2);
  to.command(*answer.then);
}

}  // namespace wgt::sink
