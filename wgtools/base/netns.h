// SPDX-License-Identifier: GPL-2.0-only
//
// Network namespaces as `ip netns` knows them: names under /run/netns. That folder is also visible
// inside `ip netns exec`, so names mean the same everywhere on a host.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wgtools/base/result.h"
#include "wgtools/base/unique_fd.h"

namespace wgt {

struct NamedNetns {
  std::string name;
  std::uint32_t inum;  // inode number on nsfs: the kernel's net->ns.inum
};

// Whether `name` can be a file name under /run/netns: 1 to 255 bytes, no '/', neither "." nor "..".
bool valid_netns_name(std::string_view name);

// Errors: kInvalid for an impossible name, kNotFound, kPermission.
Result<UniqueFd> open_netns(std::string_view name);
Result<UniqueFd> open_current_netns();  // the calling thread's
Result<UniqueFd> open_initial_netns();  // process 1's; needs ptrace rights over it (root)

// `netns` must be an open namespace descriptor; aborts when it is not even open.
std::uint32_t netns_inum(BorrowedFd netns);

// Sorted by name. Files left in /run/netns that are no namespaces are skipped; a missing folder is
// an empty list.
Result<std::vector<NamedNetns>> list_named_netns();

struct OpenNetns {
  UniqueFd fd;
  std::uint32_t inum;
};

// Every namespace that can be found: the calling thread's, process 1's, those with a name, those
// of processes; each once. What cannot be opened is left out.
std::vector<OpenNetns> all_netns();

// The name of the namespace with this inode number (the first of several, by name). nullopt for
// process 1's namespace, even when it has a name too, and for one without a name.
std::optional<std::string> netns_name(std::uint32_t inum);

// Puts the calling thread (no other) into a namespace for as long as the guard lives. It must be
// destroyed on the thread that made it; the program aborts when the thread cannot go back, since
// everything after would act on the wrong namespace. Sockets stay in the namespace they were
// opened in.
class NetnsGuard {
 public:
  // Errors: kPermission without CAP_SYS_ADMIN.
  static Result<NetnsGuard> enter(BorrowedFd netns);

  ~NetnsGuard();
  NetnsGuard(NetnsGuard&&) noexcept = default;
  NetnsGuard& operator=(NetnsGuard&&) = delete;

 private:
  explicit NetnsGuard(UniqueFd previous) : previous_(std::move(previous)) {}

  UniqueFd previous_;  // empty after a move
};

}  // namespace wgt
