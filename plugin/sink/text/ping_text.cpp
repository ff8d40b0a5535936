// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/ping_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <optional>
#include <string>

#include "plugin/explain/rejection.h"
#include "plugin/sink/text/units.h"

namespace wgt::sink {
namespace {

constexpr std::size_t kNumber = 5;
constexpr std::size_t kAnswer = 11;
constexpr std::size_t kPart = 10;

std::string microseconds(std::optional<std::int64_t> ns) {
  if (!ns) return "-";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", static_cast<double>(*ns) / 1000);  // NOLINT
  return text.data();
}

std::optional<std::int64_t> took_here(const std::optional<explain::Side>& side) {
  if (!side || side->hops.size() < 2) return std::nullopt;
  return static_cast<std::int64_t>(side->hops.back().ns);
}

void add_parts(TextLine& line, const std::optional<explain::PathView>& path) {
  const bool joined = path && path->network;
  line.add_right(microseconds(path ? took_here(path->tx) : std::nullopt), kPart);
  line.add_right(microseconds(joined ? std::optional(path->network->ns) : std::nullopt), kPart);
  line.add_right(microseconds(path ? took_here(path->rx) : std::nullopt), kPart);
}

// Where it died, as far as that was seen.
std::string end_of(const health::Probe& probe) {
  if (probe.error && !probe.there) return "not sent: " + *probe.error;
  if (!probe.there) return "not seen in the tunnel";
  const bool died_back = probe.back && event::is_success(probe.there->verdict.id);
  const explain::PathView& path = died_back ? *probe.back : *probe.there;
  const bool unknown = path.verdict.id == event::VerdictId::UNKNOWN;
  if (probe.rejected && (unknown || event::is_success(path.verdict.id)))
    return to_string(probe.rejected->by) + ": " + explain::rejection_name(probe.rejected->what);
  if (event::is_success(path.verdict.id)) return "arrived, no answer";
  if (event::is_pending(path.verdict.id)) return "waits for a handshake";
  if (unknown) return died_back ? "arrived, the answer was lost" : "left, no answer";
  std::string text = died_back ? "answer: " : "";
  text += event::verdict_id(path.verdict.id);
  if (path.verdict.reason) text += " " + *path.verdict.reason;
  return text;
}

}  // namespace

void PingText::begin(const health::WhyFacts& facts) {
  TextLine head(style_);
  head.add(health::destination_words(facts) + " through " + facts.interface);
  if (facts.peer) head.add(", peer " + wg::short_form(facts.peer->public_key));
  out_ << head.add("; times in µs").text() << '\n';
  TextLine names(style_);
  names.add_right("probe", kNumber).add_right("answer", kAnswer);
  for (const char* name : {"out", "network", "in", "back: out", "network", "in"})
    names.add_right(name, kPart);
  out_ << names.text() << '\n' << std::flush;
}

void PingText::probe(const health::Probe& probe) {
  probes_++;
  TextLine line(style_);
  line.add_right(std::to_string(probe.number), kNumber);
  if (probe.answer_ns) {
    answers_++;
    least_ns_ = answers_ == 1 ? *probe.answer_ns : std::min(least_ns_, *probe.answer_ns);
    most_ns_ = std::max(most_ns_, *probe.answer_ns);
    const auto ns = static_cast<double>(*probe.answer_ns);
    sum_ns_ += ns;
    squares_ns_ += ns * ns;
    line.add_right(microseconds(probe.answer_ns), kAnswer, Ink::kGood);
    add_parts(line, probe.there);
    add_parts(line, probe.back);
  } else {
    line.add_right("-", kAnswer, Ink::kBad).add("  ").add(end_of(probe), Ink::kBad);
  }
  out_ << line.text() << '\n' << std::flush;
}

void PingText::summary() {
  if (probes_ == 0) return;
  out_ << probes_ << (probes_ == 1 ? " probe, " : " probes, ") << answers_ << " answered, "
       << (probes_ - answers_) * 100 / probes_ << "% lost\n";
  if (answers_ == 0) return;
  const auto count = static_cast<double>(answers_);
  const double mean = sum_ns_ / count;
  const double deviation = std::sqrt(std::max(0.0, squares_ns_ / count - mean * mean));
  const auto duration = [](double ns) { return format_duration(static_cast<std::int64_t>(ns)); };
  TextLine line(style_);
  line.add("round trip: least " + format_duration(least_ns_) + ", average " + duration(mean) +
           ", most " + format_duration(most_ns_) + ", deviation " + duration(deviation));
  out_ << line.text() << '\n';
}

}  // namespace wgt::sink
