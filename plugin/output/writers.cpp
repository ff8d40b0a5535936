// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/output/writers.h"

#include <algorithm>

#include "plugin/output/block_writer.h"
#include "plugin/output/json_writer.h"
#include "plugin/output/line_writer.h"

namespace wgt::output {
namespace {

constexpr WriterKind kKinds[] = {
    {"block", "every step of a packet, from top to bottom",
     [](std::ostream& out, const TextStyle& style) -> std::unique_ptr<Writer> {
       return std::make_unique<BlockWriter>(out, style);
     }},
    {"line", "one line a packet",
     [](std::ostream& out, const TextStyle& style) -> std::unique_ptr<Writer> {
       return std::make_unique<LineWriter>(out, style);
     }},
    {"json", "one JSON object a packet",
     [](std::ostream& out, const TextStyle&) -> std::unique_ptr<Writer> {
       return std::make_unique<JsonWriter>(out);
     }},
};

}  // namespace

std::span<const WriterKind> writer_kinds() { return kKinds; }

const WriterKind* find_writer(std::string_view name) {
  const auto* it = std::ranges::find(kKinds, name, &WriterKind::name);
  return it == std::end(kKinds) ? nullptr : it;
}

}  // namespace wgt::output
