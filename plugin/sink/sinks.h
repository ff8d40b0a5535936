// SPDX-License-Identifier: GPL-2.0-only
// The outputs, by the names that --format takes. A new one is a row in sinks.cpp.
#pragma once

#include <memory>
#include <ostream>
#include <span>
#include <string_view>

#include "plugin/sink/sink.h"
#include "plugin/sink/text/text_line.h"

namespace wgt::sink {

struct SinkKind {
  std::string_view name;
  std::string_view help;  // behind "NAME: ", for --help
  std::unique_ptr<Sink> (*make)(std::ostream& out, const TextStyle& style);
  bool binary = false;  // nothing for a terminal
};

std::span<const SinkKind> sink_kinds();

// null: there is none of that name.
const SinkKind* find_sink(std::string_view name);

}  // namespace wgt::sink
