// SPDX-License-Identifier: GPL-2.0-only
// What programs attach to, by its number in the kernel's or a module's BTF. libbpf can look names
// up itself, but goes through the kernel's whole BTF again for every name and every loaded module:
// a third of the time that `up` took.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/source/kernel/hook_table.h"
#include "wgtools/base/result.h"
#include "wgtools/base/unique_fd.h"

namespace wgt::kernel {

struct AttachTarget {
  int btf_fd = 0;  // of the module's BTF, owned by AttachTargets; 0: the kernel's
  unsigned id = 0;
};

class AttachTargets {
 public:
  // Those of the hooks that this kernel's BTF has. Kprobes need none. kUnsupported: no BTF.
  static Result<AttachTargets> find(std::span<const Hook> hooks);

  std::optional<AttachTarget> of(const Hook& hook) const;

 private:
  std::map<std::string, AttachTarget, std::less<>> targets_;
  std::vector<UniqueFd> fds_;
};

}  // namespace wgt::kernel
