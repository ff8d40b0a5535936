// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/cli/format.h"

#include "plugin/cli/terminal.h"
#include "plugin/sink/sinks.h"
#include "plugin/sink/text/text_line.h"

namespace wgt::cli {

std::unique_ptr<sink::Sink> make_sink(const Arguments& arguments, std::ostream& out) {
  return sink::find_sink(arguments.format)->make(out, text_style(arguments.color));
}

}  // namespace wgt::cli
