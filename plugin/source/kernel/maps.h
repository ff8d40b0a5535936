// SPDX-License-Identifier: GPL-2.0-only
// A pinned map, typed. Only for plugin/source/kernel: the folder that knows libbpf.
#pragma once

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cerrno>
#include <optional>
#include <vector>

#include "plugin/source/kernel/bpffs.h"
#include "wgtools/base/result.h"
#include "wgtools/base/unique_fd.h"

namespace wgt::kernel {

template <class Key, class Value>
class PinnedMap {
 public:
  static Result<PinnedMap> open(const PinDirectory& pins, std::string_view name) {
    UniqueFd fd(bpf_obj_get(pins.map(name).c_str()));
    if (!fd) return errno_error("open the pinned map", name);
    return PinnedMap(std::move(fd));
  }

  std::optional<Value> get(const Key& key) const {
    Value value{};
    if (bpf_map_lookup_elem(fd_.get(), &key, &value) != 0) return std::nullopt;
    return value;
  }
  Result<void> set(const Key& key, const Value& value) const {
    if (bpf_map_update_elem(fd_.get(), &key, &value, BPF_ANY) != 0)
      return errno_error("write to", "a pinned map");
    return {};
  }
  void erase(const Key& key) const { bpf_map_delete_elem(fd_.get(), &key); }

  std::vector<Key> keys() const {
    std::vector<Key> all;
    Key key{};
    const Key* previous = nullptr;
    while (bpf_map_get_next_key(fd_.get(), previous, &key) == 0) {
      all.push_back(key);
      previous = &all.back();
    }
    return all;
  }

  // One value for each possible CPU.
  std::vector<Value> get_per_cpu(const Key& key) const {
    const int cpus = libbpf_num_possible_cpus();
    std::vector<Value> values(cpus > 0 ? static_cast<std::size_t>(cpus) : 0);
    static_assert(sizeof(Value) % 8 == 0, "per-CPU values are padded to 8 bytes");
    if (bpf_map_lookup_elem(fd_.get(), &key, values.data()) != 0) values.clear();
    return values;
  }

  Result<void> zero_per_cpu(const Key& key) const {
    const int cpus = libbpf_num_possible_cpus();
    const std::vector<Value> zeroes(cpus > 0 ? static_cast<std::size_t>(cpus) : 0);
    if (bpf_map_update_elem(fd_.get(), &key, zeroes.data(), BPF_ANY) != 0)
      return errno_error("write to", "a pinned map");
    return {};
  }

  int fd() const { return fd_.get(); }

 private:
  explicit PinnedMap(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace wgt::kernel
