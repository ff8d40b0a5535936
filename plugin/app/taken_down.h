// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <iostream>

namespace wgt::app {

inline void say_taken_down(bool one_interface) {
  std::cerr << "wg-trace: "
            << (one_interface
                    ? "the interface is not traced any more (wg-trace down, or it is gone)"
                    : "nothing is traced any more (wg-trace down)")
            << ": this ends here, and its last records may be missing" << std::endl;
}

}  // namespace wgt::app
