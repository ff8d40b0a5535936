// SPDX-License-Identifier: GPL-2.0-only
// From a row of rules and what it was concluded from to a finding. Row: rule.h, host_rule.h.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "plugin/explain/text_template.h"
#include "plugin/health/report.h"

namespace wgt::health {

// `words`: known beside the evidence, which wins over them, and `own` over both. nullopt: the
// message or the command needs what is not known, so the next row has other ones, or none.
template <class Row>
std::optional<Finding> in_words(const Row& row, Evidence evidence, explain::Facts words,
                                const explain::Facts& own = {}) {
  for (const auto& [name, value] : evidence)
    words[name] = std::holds_alternative<std::string>(value)
                      ? std::get<std::string>(value)
                      : std::to_string(std::get<std::int64_t>(value));
  for (const auto& [name, text] : own) words[name] = text;
  auto message = explain::fill_sentence(row.message, words);
  if (!message) return std::nullopt;
  Finding finding{row.id, row.severity, *std::move(message), std::move(evidence)};
  finding.run_in = row.run_in;
  if (row.advice) finding.advice = explain::fill_sentence(row.advice, words);
  if (row.command) {
    finding.command = explain::fill_command(row.command, words);
    if (!finding.command) return std::nullopt;
  }
  return finding;
}

}  // namespace wgt::health
