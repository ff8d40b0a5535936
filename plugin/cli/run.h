// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <vector>

namespace wgt::cli {

// The whole program: words after its name in, exit status out. The one place that prints errors.
int run(const std::vector<std::string>& words);

}  // namespace wgt::cli
