// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/cli/terminal.h"

#include <langinfo.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace wgt::cli {

bool want_color(const std::string& when, int fd) {
  if (when != "auto") return when == "always";
  if (const char* mode = std::getenv("WG_COLOR_MODE"); mode != nullptr) {
    if (std::strcmp(mode, "always") == 0) return true;
    if (std::strcmp(mode, "never") == 0) return false;
  }
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  return ::isatty(fd) == 1;
}

bool locale_is_utf8() { return std::strcmp(::nl_langinfo(CODESET), "UTF-8") == 0; }

}  // namespace wgt::cli
