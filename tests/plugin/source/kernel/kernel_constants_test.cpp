// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/kernel_constants.h"

#include <gtest/gtest.h>

#include <set>

namespace wgt::kernel {
namespace {

TEST(KernelConstants, EachNameHasARangeOfItsOwnAndNoneIsLeftOut) {
  wgt_constants constants{};
  std::set<const wgt_range*> ranges;
  for (const NamedRange& named : named_ranges()) {
    EXPECT_TRUE(ranges.insert(&named.in(constants)).second) << named.symbol;
    EXPECT_LT(named.symbol.size(), 64u) << named.symbol;  // WGT_SYMBOL_NAME_BYTES
  }
  EXPECT_EQ(ranges.size(), sizeof(wgt_constants) / sizeof(wgt_range));
}

}  // namespace
}  // namespace wgt::kernel
