// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/summary_text.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "plugin/sink/text/printable.h"
#include "plugin/sink/text/text_line.h"

namespace wgt::sink {
namespace {

using Count = std::pair<std::string, std::uint64_t>;

// Delivered first, then the most frequent.
std::vector<Count> in_order(const std::map<std::string, std::uint64_t>& by_verdict) {
  std::vector<Count> counts(by_verdict.begin(), by_verdict.end());
  std::ranges::stable_sort(counts, {}, [](const Count& count) {
    return std::tuple(count.first != "delivered", ~count.second);
  });
  return counts;
}

void append_wrapped(std::string& out, std::string_view text) {
  for (const std::string& line : wrap(text, kColumns, kColumns)) out += line + "\n";
}

}  // namespace

std::string summary_text(const explain::Summary& summary) {
  std::string line = std::to_string(summary.paths) + (summary.paths == 1 ? " path" : " paths");
  const char* separator = ": ";
  for (const auto& [id, count] : in_order(summary.by_verdict))
    line += std::exchange(separator, ", ") + std::to_string(count) + " " + id;
  if (summary.amended != 0) line += "; " + std::to_string(summary.amended) + " amended";
  line += "; " + std::to_string(summary.filtered) + " filtered; ";
  if (summary.sampled != 0) line += std::to_string(summary.sampled) + " not in the sample; ";
  line += std::to_string(summary.lost) + " lost";
  std::string text;
  append_wrapped(text, line);
  if (summary.lost != 0)
    append_wrapped(text, "Warning: records were lost, so absence proves nothing.");
  if (summary.cut)
    append_wrapped(text, "Warning: the recording was cut off in the middle of a record.");
  return text;
}

}  // namespace wgt::sink
