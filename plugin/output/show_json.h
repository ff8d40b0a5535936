// SPDX-License-Identifier: GPL-2.0-only
// What `show --json` prints: one object an interface. Fields are promises (README.md, "JSON").
#pragma once

#include <boost/json.hpp>

#include "plugin/view/interface_view.h"

namespace wgt::output {

boost::json::object to_json(const view::InterfaceView& interface);

}  // namespace wgt::output
