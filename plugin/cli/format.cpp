// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/cli/format.h"

#include "plugin/cli/terminal.h"
#include "plugin/output/text_line.h"
#include "plugin/output/writers.h"

namespace wgt::cli {

std::unique_ptr<output::Writer> make_writer(const Arguments& arguments, std::ostream& out) {
  const char* name = arguments.json ? "json" : arguments.verbose ? "block" : "line";
  output::TextStyle style;
  style.color = want_color(arguments.color);
  style.utf8 = locale_is_utf8();
  return output::find_writer(name)->make(out, style);
}

}  // namespace wgt::cli
