// SPDX-License-Identifier: GPL-2.0-only
// Where pins live: <bpffs>/wg-trace/{map,link}/NAME. `ip netns exec` mounts a new
// /sys and so hides the host's bpffs; process 1's root still has it.
#pragma once

#include <string>
#include <string_view>

#include "wgtools/base/result.h"
#include "wgtools/base/unique_fd.h"

namespace wgt::kernel {

class PinDirectory {
 public:
  // Finds the host's bpffs; mounts it at /sys/fs/bpf if the host has none.
  static Result<PinDirectory> find();

  bool exists() const;  // something of ours is pinned, or was being pinned
  Result<void> create() const;
  Result<void> remove() const;  // every pin and the directory
  // Held while pins, consumers or watched links change. Waits for its turn.
  Result<UniqueFd> lock() const;
  // What the locks of consumers' places lie on (places.h). Each call opens it anew.
  Result<UniqueFd> places() const;

  std::string map(std::string_view name) const { return root_ + "/map/" + std::string(name); }
  std::string link(std::string_view name) const { return root_ + "/link/" + std::string(name); }
  const std::string& path() const { return root_; }

 private:
  explicit PinDirectory(std::string root) : root_(std::move(root)) {}
  std::string root_;
};

}  // namespace wgt::kernel
