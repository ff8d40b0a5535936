// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <optional>
#include <utility>

#include "plugin/source/recording/format.h"
#include "wgtools/base/result.h"

namespace wgt::recording {

// g++ 14 takes the other members of the variant for alive here (a false alarm at -O2).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wfree-nonheap-object"
// Result<T> of one frame as a Result of any frame.
template <class T>
Result<std::optional<Frame>> as_frame(Result<T> result) {
  if (!result) return std::move(result).error();
  return std::optional<Frame>(*std::move(result));
}
#pragma GCC diagnostic pop

}  // namespace wgt::recording
