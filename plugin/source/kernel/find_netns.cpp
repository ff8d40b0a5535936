// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/find_netns.h"

#include <fcntl.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "wgtools/base/netns.h"

namespace wgt::kernel {

namespace {

// A namespace, and not a file that happens to be there.
UniqueFd open_if(const std::string& path, std::uint32_t inum) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  return fd && netns_inum(fd) == inum ? std::move(fd) : UniqueFd();
}

UniqueFd open_of_a_process(std::uint32_t inum) {
  std::error_code error;
  std::filesystem::directory_iterator entries("/proc", error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    const std::string path = entries->path().string();
    if (std::isdigit(static_cast<unsigned char>(path[sizeof("/proc/") - 1])) == 0) continue;
    if (UniqueFd fd = open_if(path + "/ns/net", inum)) return fd;
  }
  return {};
}

UniqueFd open_of_a_mount(std::uint32_t inum) {
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);)
    if (const auto path = netns_mount(line, inum))
      if (UniqueFd fd = open_if(*path, inum)) return fd;
  return {};
}

}  // namespace

// "523 26 0:4 net:[4026532341] /run/docker/netns/a shared:2 - nsfs nsfs rw"
std::optional<std::string> netns_mount(std::string_view line, std::uint32_t inum) {
  std::istringstream fields{std::string(line)};
  std::string id;
  std::string parent;
  std::string device;
  std::string root;
  std::string path;
  if (!(fields >> id >> parent >> device >> root >> path)) return std::nullopt;
  if (root != "net:[" + std::to_string(inum) + "]") return std::nullopt;
  return path;
}

Result<UniqueFd> open_netns_by_inum(std::uint32_t inum) {
  for (auto open : {open_current_netns, open_initial_netns}) {
    auto fd = open();
    if (fd && netns_inum(*fd) == inum) return fd;
  }
  if (const auto name = netns_name(inum)) return open_netns(*name);
  for (auto find : {open_of_a_process, open_of_a_mount})
    if (UniqueFd fd = find(inum)) return fd;
  return make_error(Errc::kNotFound, "the network namespace with inode " + std::to_string(inum) +
                                         " has no name under /run/netns, no process in it, and is "
                                         "mounted nowhere");
}

}  // namespace wgt::kernel
