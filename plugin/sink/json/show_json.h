// SPDX-License-Identifier: GPL-2.0-only
// What `show --json` prints: one object an interface. Fields are promises (README.md, "JSON").
#pragma once

#include <boost/json.hpp>

#include "plugin/explain/interface_view.h"

namespace wgt::sink {

boost::json::object to_json(const explain::InterfaceView& interface);

}  // namespace wgt::sink
