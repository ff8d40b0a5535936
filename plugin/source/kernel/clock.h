// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "wgtools/base/clock.h"

namespace wgt::kernel {

using wgt::clock_ns;
using wgt::mono_ns;
using wgt::wall_minus_mono_ns;

}  // namespace wgt::kernel
