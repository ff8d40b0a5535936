// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/attach_targets.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include <cstring>
#include <memory>
#include <set>
#include <utility>

namespace wgt::kernel {
namespace {

using Btf = std::unique_ptr<btf, decltype(&btf__free)>;

// The kernel keeps a tracepoint as a type of this name.
std::string btf_name(const Hook& hook) {
  return (hook.how == How::kTpBtf ? "btf_trace_" : "") + std::string(hook.symbol);
}

bool can_be_target(const btf_type* type, const btf* types) {
  return btf_is_func(type) ||
         (btf_is_typedef(type) &&
          std::string_view(btf__name_by_offset(types, type->name_off)).starts_with("btf_trace_"));
}

// Targets of these names from type `begin` on; found ones leave `wanted`.
template <class Found>
void scan_types(const btf* types, unsigned begin, std::set<std::string, std::less<>>& wanted,
                Found found) {
  const unsigned end = btf__type_cnt(types);
  for (unsigned id = begin; id < end && !wanted.empty(); ++id) {
    const btf_type* type = btf__type_by_id(types, id);
    if (!can_be_target(type, types)) continue;
    const auto at = wanted.find(std::string_view(btf__name_by_offset(types, type->name_off)));
    if (at == wanted.end()) continue;
    found(*at, id);
    wanted.erase(at);
  }
}

// The BTF of a module; null: of something else, or gone. Where it is needed the module stays
// loaded.
Result<UniqueFd> module_btf(unsigned id) {
  UniqueFd fd(bpf_btf_get_fd_by_id(id));
  if (!fd && errno != ENOENT) return errno_error("open", "a module's BTF");
  if (!fd) return fd;
  char name[64] = {};
  bpf_btf_info info{};
  info.name = reinterpret_cast<std::uintptr_t>(name);
  info.name_len = sizeof(name);
  __u32 size = sizeof(info);
  const bool is_modules = bpf_obj_get_info_by_fd(fd.get(), &info, &size) == 0 &&
                          info.kernel_btf != 0 && std::strcmp(name, "vmlinux") != 0;
  return is_modules ? std::move(fd) : UniqueFd();
}

}  // namespace

Result<AttachTargets> AttachTargets::find(std::span<const Hook> hooks) {
  AttachTargets self;
  std::set<std::string, std::less<>> wanted;
  for (const Hook& hook : hooks)
    if (hook.how != How::kKprobe) wanted.insert(btf_name(hook));

  const Btf kernel(btf__load_vmlinux_btf(), btf__free);
  if (!kernel) return errno_error("read", "the kernel's BTF");
  scan_types(kernel.get(), 1, wanted, [&](const std::string& name, unsigned id) {
    self.targets_[name] = {.btf_fd = 0, .id = id};
  });
  for (__u32 id = 0; !wanted.empty() && bpf_btf_get_next_id(id, &id) == 0;) {
    WGT_TRY(UniqueFd fd, module_btf(id));
    if (!fd) continue;
    const Btf module(btf__load_from_kernel_by_id_split(id, kernel.get()), btf__free);
    if (!module && errno == ENOENT) continue;
    if (!module) return errno_error("read", "a module's BTF");
    const std::size_t before = wanted.size();
    scan_types(module.get(), btf__type_cnt(kernel.get()), wanted,
               [&](const std::string& name, unsigned type) {
                 self.targets_[name] = {.btf_fd = fd.get(), .id = type};
               });
    if (wanted.size() != before) self.fds_.push_back(std::move(fd));
  }
  return self;
}

std::optional<AttachTarget> AttachTargets::of(const Hook& hook) const {
  const auto found = targets_.find(btf_name(hook));
  return found == targets_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace wgt::kernel
