// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "plugin/sink/text/say.h"

namespace wgt::app {

inline void say_taken_down(bool one_interface) {
  sink::say(std::string("wg-trace: ") +
            (one_interface ? "the interface is not traced any more (wg-trace down, or it is gone)"
                           : "nothing is traced any more (wg-trace down)") +
            ": this ends here, and its last records may be missing");
}

}  // namespace wgt::app
