// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <memory>
#include <ostream>

#include "plugin/cli/arguments.h"
#include "plugin/sink/sink.h"

namespace wgt::cli {

// The sink that --format, --json, -v and --color ask for. The stream must outlive it.
std::unique_ptr<sink::Sink> make_sink(const Arguments& arguments, std::ostream& out);

}  // namespace wgt::cli
