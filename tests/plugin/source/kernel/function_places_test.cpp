// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/function_places.h"

#include <gtest/gtest.h>

namespace wgt::kernel {
namespace {

TEST(FunctionPlaces, PrintedPlaceTellsLengthAndModule) {
  const auto of_module = parse_place("wg_xmit+0x0/0x4d0 [wireguard]");
  ASSERT_TRUE(of_module);
  EXPECT_EQ(of_module->bytes, 0x4d0u);
  EXPECT_EQ(of_module->module, "wireguard");
  const auto of_kernel = parse_place("icmp_rcv+0x0/0x3a0");
  ASSERT_TRUE(of_kernel);
  EXPECT_EQ(of_kernel->bytes, 0x3a0u);
  EXPECT_EQ(of_kernel->module, "");
}

TEST(FunctionPlaces, WhatIsNoPlaceIsNone) {
  EXPECT_FALSE(parse_place(""));
  EXPECT_FALSE(parse_place("0xffffffff81000000"));           // no symbol is there
  EXPECT_FALSE(parse_place("icmp_rcv+0x10/0x3a0"));          // not its begin
  EXPECT_FALSE(parse_place("icmp_rcv+0x0/0x"));              // cut
  EXPECT_FALSE(parse_place("icmp_rcv+0x0/0x0"));             // no length
  EXPECT_EQ(parse_place("f+0x0/0x10 [wiregu")->module, "");  // cut within the module
}

}  // namespace
}  // namespace wgt::kernel
