// SPDX-License-Identifier: GPL-2.0-only
// Network namespaces that have no name under /run/netns, as those of containers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wgtools/base/result.h"
#include "wgtools/base/unique_fd.h"

namespace wgt::kernel {

// By its inode: this one, process 1's, one with a name, one that some process is in, one that is
// mounted somewhere. kNotFound: none of them.
Result<UniqueFd> open_netns_by_inum(std::uint32_t inum);

// Where a line of /proc/PID/mountinfo mounts the namespace with this inode; nullopt: it does not.
std::optional<std::string> netns_mount(std::string_view line, std::uint32_t inum);

}  // namespace wgt::kernel
