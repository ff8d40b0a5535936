// SPDX-License-Identifier: GPL-2.0-only
// The embedded BPF object, opened and loaded for one of its two sets of hooks.
// The maps are pinned, and reused where they are pinned already.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "plugin/source/kernel/bpffs.h"
#include "plugin/source/kernel/hook_table.h"
#include "wgtools/base/result.h"

struct bpf_link;
struct bpf_object;

namespace wgt::kernel {

class FunctionPlaces;

// What became of one hook.
struct Attached {
  const Hook* hook = nullptr;
  bool ok = false;
  std::string why;  // when not ok
};

// Why this kernel can't have the hook; "" if it can.
std::string why_absent(const Hook& hook, const FunctionPlaces& functions);

struct LinkDeleter {
  void operator()(bpf_link* link) const;
};
using Link = std::unique_ptr<bpf_link, LinkDeleter>;

class BpfObject {
 public:
  // Loads the programs of one set. A MAY hook whose symbol the kernel lacks is
  // left out and says so in attach(); a missing MUST hook is an error.
  static Result<BpfObject> load(When set, const PinDirectory& pins);

  BpfObject(BpfObject&&) noexcept;
  BpfObject& operator=(BpfObject&&) noexcept;
  ~BpfObject();

  // Attaches one hook of the set; null with a reason in `result` if it cannot.
  Link attach(const Hook& hook, Attached& result);
  const std::vector<Attached>& absent() const { return absent_; }

 private:
  BpfObject();
  struct Deleter {
    void operator()(bpf_object* object) const;
  };
  std::unique_ptr<bpf_object, Deleter> object_;
  std::vector<Attached> absent_;  // hooks left out before the load
};

}  // namespace wgt::kernel
