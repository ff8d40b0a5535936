// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/own_process.h"

#include <sys/stat.h>
#include <unistd.h>

namespace wgt::kernel {

Result<OwnProcess> own_process() {
  constexpr const char* kOwn = "/proc/self/ns/pid";
  struct stat info {};
  if (::stat(kOwn, &info) != 0) return errno_error("look at", kOwn);
  return OwnProcess{static_cast<std::uint32_t>(::getpid()),
                    static_cast<std::uint32_t>(info.st_ino)};
}

}  // namespace wgt::kernel
