// SPDX-License-Identifier: GPL-2.0-only
// What scripts see. Promises: never renumber.
#pragma once

namespace wgt::cli {

enum class ExitCode : int {
  kDone = 0,
  kFailed = 1,  // stderr says what was tried, on what, and why
  kUsage = 2,
  kLost = 3,  // done, but records were lost: absence proves nothing

  // Of health, as monitoring plugins have it: kDone is "every peer fine".
  kWarning = 1,
  kFault = 2,
  kCannotTell = 3,
};

}  // namespace wgt::cli
