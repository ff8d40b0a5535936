// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/base/netns.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace wgt {
namespace {

constexpr std::string_view kNetnsDir = "/run/netns";
// thread-self, not self: setns() moves one thread, and /proc/self shows the main thread's.
constexpr const char* kCurrentNetns = "/proc/thread-self/ns/net";
constexpr const char* kInitialNetns = "/proc/1/ns/net";

std::string netns_path(std::string_view name) {
  std::string path(kNetnsDir);
  path += '/';
  path += name;
  return path;
}

Result<UniqueFd> open_readonly(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return errno_error("open", path);
  return fd;
}

}  // namespace

bool valid_netns_name(std::string_view name) {
  return !name.empty() && name.size() < 256 && name != "." && name != ".." &&
         name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos;
}

Result<UniqueFd> open_netns(std::string_view name) {
  if (!valid_netns_name(name)) {
    return make_error(Errc::kInvalid, "not a network namespace name: '" + std::string(name) + "'");
  }
  return open_readonly(netns_path(name));
}

Result<UniqueFd> open_current_netns() { return open_readonly(kCurrentNetns); }

Result<UniqueFd> open_initial_netns() { return open_readonly(kInitialNetns); }

std::uint32_t netns_inum(BorrowedFd netns) {
  struct stat info {};
  if (::fstat(netns.get(), &info) != 0) die(errno_error("fstat", "network namespace"));
  return static_cast<std::uint32_t>(info.st_ino);
}

Result<std::vector<NamedNetns>> list_named_netns() {
  struct stat current {};
  if (::stat(kCurrentNetns, &current) != 0) return errno_error("stat", kCurrentNetns);

  std::vector<NamedNetns> found;
  std::error_code failure;
  std::filesystem::directory_iterator entries(kNetnsDir, failure);
  if (failure == std::errc::no_such_file_or_directory) return found;
  for (; !failure && entries != std::filesystem::directory_iterator(); entries.increment(failure)) {
    struct stat info {};
    // Only what lies on nsfs: a name whose mount is gone is a plain file with an unrelated inode.
    if (::stat(entries->path().c_str(), &info) == 0 && info.st_dev == current.st_dev) {
      found.push_back({entries->path().filename(), static_cast<std::uint32_t>(info.st_ino)});
    }
  }
  if (failure) return sys_error(failure.value(), "read", kNetnsDir);
  std::ranges::sort(found, {}, &NamedNetns::name);
  return found;
}

std::vector<OpenNetns> all_netns() {
  std::vector<OpenNetns> found;
  const auto add = [&](Result<UniqueFd> netns) {
    if (!netns) return;
    const std::uint32_t inum = netns_inum(*netns);
    if (std::ranges::find(found, inum, &OpenNetns::inum) == found.end())
      found.push_back({*std::move(netns), inum});
  };
  add(open_current_netns());
  add(open_initial_netns());
  if (const auto named = list_named_netns())
    for (const NamedNetns& netns : *named) add(open_netns(netns.name));
  std::error_code failure;
  std::filesystem::directory_iterator entries("/proc", failure);
  for (; !failure && entries != std::filesystem::directory_iterator(); entries.increment(failure)) {
    const std::string pid = entries->path().filename();
    if (pid.front() < '0' || pid.front() > '9') continue;
    const std::string path = "/proc/" + pid + "/ns/net";
    struct stat info {};
    if (::stat(path.c_str(), &info) == 0 &&
        std::ranges::find(found, static_cast<std::uint32_t>(info.st_ino), &OpenNetns::inum) ==
            found.end())
      add(open_readonly(path));
  }
  return found;
}

std::optional<std::string> netns_name(std::uint32_t inum) {
  struct stat initial {};
  if (::stat(kInitialNetns, &initial) == 0 && initial.st_ino == inum) return std::nullopt;
  const auto named = list_named_netns();
  if (!named) return std::nullopt;
  const auto match = std::find_if(named->begin(), named->end(),
                                  [inum](const NamedNetns& netns) { return netns.inum == inum; });
  if (match == named->end()) return std::nullopt;
  return match->name;
}

Result<NetnsGuard> NetnsGuard::enter(BorrowedFd netns) {
  WGT_TRY(auto previous, open_current_netns());
  if (::setns(netns.get(), CLONE_NEWNET) != 0) return errno_error("enter", "network namespace");
  return NetnsGuard(std::move(previous));
}

NetnsGuard::~NetnsGuard() {
  if (previous_ && ::setns(previous_.get(), CLONE_NEWNET) != 0) {
    die(errno_error("return to", "the previous network namespace"));
  }
}

}  // namespace wgt
