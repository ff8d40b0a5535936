// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/event/losses.h"

#include <algorithm>

namespace wgt::event {
namespace {

constexpr auto RECORD = LossKind::kRecord;
constexpr auto COUNT = LossKind::kCount;

struct LossRow {
  const char* id;
  LossKind kind;
};
constexpr LossRow kShared[] = {
#define WGT_LOSS(name, id, what) {id, what},
#define WGT_OWN_LOSS(name, id)
#include "bpf/abi/losses.def"
#undef WGT_OWN_LOSS
#undef WGT_LOSS
};

enum Own : unsigned {
#define WGT_LOSS(name, id, what)
#define WGT_OWN_LOSS(name, id) name,
#include "bpf/abi/losses.def"
#undef WGT_OWN_LOSS
#undef WGT_LOSS
};
constexpr const char* kOwn[] = {
#define WGT_LOSS(name, id, what)
#define WGT_OWN_LOSS(name, id) id,
#include "bpf/abi/losses.def"
#undef WGT_OWN_LOSS
#undef WGT_LOSS
};

}  // namespace

const char* const kRingLoss = kOwn[RING];
const char* const kDamageLoss = kOwn[DAMAGED];

std::map<std::string, std::uint64_t> shared_losses(std::span<const std::uint64_t> counts,
                                                   LossKind kind) {
  std::map<std::string, std::uint64_t> by_id;
  for (std::size_t i = 0; i < std::size(kShared); i++)
    if (kind == LossKind::kCount || kShared[i].kind == kind) by_id[kShared[i].id] = counts[i];
  return by_id;
}

bool is_own_loss(std::string_view id) {
  return std::ranges::find(kOwn, id, [](const char* own) { return std::string_view(own); }) !=
         std::end(kOwn);
}

}  // namespace wgt::event
