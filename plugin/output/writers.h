// SPDX-License-Identifier: GPL-2.0-only
// The output formats, by name. A new one is a row in writers.cpp.
#pragma once

#include <memory>
#include <ostream>
#include <span>
#include <string_view>

#include "plugin/output/text_line.h"
#include "plugin/output/writer.h"

namespace wgt::output {

struct WriterKind {
  std::string_view name;
  std::string_view help;
  std::unique_ptr<Writer> (*make)(std::ostream& out, const TextStyle& style);
};

std::span<const WriterKind> writer_kinds();

// null: there is none of that name.
const WriterKind* find_writer(std::string_view name);

}  // namespace wgt::output
