// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/udp_ports.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>

namespace wgt::wg {
namespace {

using Folder = std::filesystem::directory_iterator;

// Processes come and go meanwhile: what cannot be read is not there.
void take_out_held(const std::string& process, std::vector<std::uint64_t>& inodes) {
  std::error_code gone;
  for (Folder fd(process + "/fd", gone); !gone && fd != Folder(); fd.increment(gone)) {
    std::error_code closed;
    const std::string file = std::filesystem::read_symlink(fd->path(), closed);
    if (!closed && file.starts_with("socket:["))
      std::erase_if(inodes, [&](std::uint64_t inode) {
        return file == "socket:[" + std::to_string(inode) + "]";
      });
  }
}

}  // namespace

std::vector<std::uint64_t> sockets_of(std::string_view udp_table, std::uint16_t port) {
  std::vector<std::uint64_t> inodes;
  std::istringstream lines{std::string(udp_table)};
  for (std::string line; std::getline(lines, line);) {
    // "  sl  local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …"
    std::istringstream fields(line);
    std::string slot, local, skipped;
    if (!(fields >> slot >> local)) continue;
    const auto colon = local.rfind(':');
    if (colon == std::string::npos) continue;
    std::istringstream hex(local.substr(colon + 1));
    std::uint32_t local_port = 0;
    if (!(hex >> std::hex >> local_port) || local_port != port) continue;
    for (int i = 0; i < 7; i++) fields >> skipped;
    std::uint64_t inode = 0;
    if (fields >> inode) inodes.push_back(inode);
  }
  return inodes;
}

PortUse udp_port_use(std::uint16_t port) {
  std::vector<std::uint64_t> inodes;
  // thread-self: /proc/net is the namespace of the process's first thread.
  for (const char* path : {"/proc/thread-self/net/udp", "/proc/thread-self/net/udp6"}) {
    std::ifstream file(path);
    const std::string table{std::istreambuf_iterator<char>(file), {}};
    for (const std::uint64_t inode : sockets_of(table, port)) inodes.push_back(inode);
  }
  const std::size_t all = inodes.size();
  std::error_code failure;
  for (Folder process("/proc", failure); !inodes.empty() && !failure && process != Folder();
       process.increment(failure))
    if (const std::string pid = process->path().filename();
        pid.front() >= '0' && pid.front() <= '9')
      take_out_held(process->path(), inodes);
  return {.by_kernel = !inodes.empty(), .by_program = inodes.size() < all};
}

}  // namespace wgt::wg
