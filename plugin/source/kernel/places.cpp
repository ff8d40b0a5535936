// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/places.h"

#include <fcntl.h>

namespace wgt::kernel {

namespace {

// A read lock, as a directory can't be open for writing (fcntl_setlk wants that for others). To
// ask, by F_OFD_GETLK, whether a write lock would fit needs no such right.
struct flock byte_of(std::uint32_t slot, short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(slot);
  lock.l_len = 1;
  return lock;
}

}  // namespace

bool is_place_held(const UniqueFd& file, std::uint32_t slot) {
  struct flock lock = byte_of(slot, F_WRLCK);
  // If it cannot be told, somebody may live there.
  return ::fcntl(file.get(), F_OFD_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}

Result<void> hold_place(const UniqueFd& file, std::uint32_t slot) {
  struct flock lock = byte_of(slot, F_RDLCK);
  if (::fcntl(file.get(), F_OFD_SETLK, &lock) != 0)
    return errno_error("lock", "a consumer's place");
  return {};
}

}  // namespace wgt::kernel
