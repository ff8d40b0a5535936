// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/bpffs.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include <filesystem>
#include <system_error>

namespace wgt::kernel {

namespace {

constexpr const char* kBpffs = "/sys/fs/bpf";
constexpr const char* kInitBpffs = "/proc/1/root/sys/fs/bpf";

bool is_bpffs(const char* path) {
  struct statfs info {};
  return ::statfs(path, &info) == 0 && info.f_type == BPF_FS_MAGIC;
}

}  // namespace

Result<PinDirectory> PinDirectory::find() {
  for (const char* path : {kBpffs, kInitBpffs})
    if (is_bpffs(path)) return PinDirectory(std::string(path) + "/wg-trace");
  if (::mount("bpf", kBpffs, "bpf", 0, "mode=0700") != 0)
    return errno_error("mount bpffs on", kBpffs);
  return PinDirectory(std::string(kBpffs) + "/wg-trace");
}

bool PinDirectory::exists() const { return ::access(root_.c_str(), F_OK) == 0; }

Result<void> PinDirectory::create() const {
  for (const std::string& path : {root_, root_ + "/map", root_ + "/link"})
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return errno_error("create", path);
  return {};
}

Result<void> PinDirectory::remove() const {
  // Links first: once they are gone nothing runs that could use the maps.
  for (const char* part : {"/link", "/map", ""}) {
    std::error_code error;
    std::filesystem::remove_all(root_ + part, error);
    if (error) return sys_error(error.value(), "remove", root_ + part);
  }
  return {};
}

// The file system's root: that directory outlives ours.
Result<UniqueFd> PinDirectory::places() const {
  const std::string bpffs = root_.substr(0, root_.rfind('/'));
  UniqueFd fd(::open(bpffs.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return errno_error("open", bpffs);
  return fd;
}

Result<UniqueFd> PinDirectory::lock() const {
  WGT_TRY(UniqueFd fd, places());
  while (::flock(fd.get(), LOCK_EX) != 0)
    if (errno != EINTR) return errno_error("lock", root_);
  return fd;
}

}  // namespace wgt::kernel
