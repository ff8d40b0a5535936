// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/kernel_symbols.h"

#include <gtest/gtest.h>

namespace wgt::kernel {
namespace {

TEST(KernelSymbols, KnowsWhereFunctionsLie) {
  const auto symbols = KernelSymbols::parse(
      "ffffffff81000200 T second\n"
      "ffffffff81000100 t first\n"
      "ffffffff81000180 d data\n"
      "ffffffffc0a1b2c0 t wg_xmit\t[wireguard]\n"
      "ffffffffc0a1b300 t wg_stop\t[wireguard]\n");
  ASSERT_TRUE(symbols);
  EXPECT_EQ(symbols->count("wg_xmit"), 1u);
  EXPECT_EQ(symbols->count("data"), 0u);
  const auto range = symbols->range("first");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->begin, 0xffffffff81000100u);
  EXPECT_EQ(range->end, 0xffffffff81000200u);
  EXPECT_EQ(symbols->function_at(0xffffffffc0a1b2ff), "wg_xmit");
  EXPECT_EQ(symbols->function_at(0xffffffff80000000), std::nullopt);
}

TEST(KernelSymbols, SaysThatAddressesAreHidden) {
  const auto symbols = KernelSymbols::parse(
      "0000000000000000 T first\n"
      "0000000000000000 t wg_xmit\t[wireguard]\n");
  ASSERT_FALSE(symbols);
  EXPECT_EQ(symbols.error().code, Errc::kUnsupported);
  EXPECT_NE(symbols.error().text.find("kernel.kptr_restrict"), std::string::npos);
}

TEST(KernelSymbols, SomeWithoutAnAddressAreNoSuchCase) {
  const auto symbols = KernelSymbols::parse(
      "0000000000000000 T absolute\n"
      "ffffffff81000100 t first\n");
  ASSERT_TRUE(symbols);
  EXPECT_EQ(symbols->count("first"), 1u);
}

}  // namespace
}  // namespace wgt::kernel
