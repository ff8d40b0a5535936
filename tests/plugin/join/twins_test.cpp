// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/twins.h"

#include "tests/plugin/join/two_hosts.h"

namespace wgt::join {
namespace {

using namespace test;

TEST(Twins, WhatAnotherRecordingHeldIsOne) {
  Twins twins;
  EXPECT_FALSE(twins.is_twin(0, {0, tx_ab(1)}));
  EXPECT_TRUE(twins.is_twin(1, {0, tx_ab(1)}));
  EXPECT_FALSE(twins.is_twin(1, {0, tx_ab(2)}));
  EXPECT_TRUE(twins.is_twin(0, {0, tx_ab(2)}));
}

TEST(Twins, OfOneRecordingNoneIs) {
  Twins twins;
  const auto keyless = tx_ab(0).without_key();
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(twins.is_twin(0, {0, tx_ab(1)}));
    EXPECT_FALSE(twins.is_twin(0, {0, keyless}));
  }
  EXPECT_TRUE(twins.is_twin(1, {0, keyless}));
}

TEST(Twins, WithoutANumberTheyMustBeTheSameInEverything) {
  Twins twins;
  auto other = tx_ab(0).without_key();
  EXPECT_FALSE(twins.is_twin(0, {0, other}));
  other->error = -1;
  EXPECT_FALSE(twins.is_twin(1, {0, other}));
}

TEST(Twins, TheOldestAreForgotten) {
  Twins twins(10);
  for (unsigned i = 0; i < 20; ++i) EXPECT_FALSE(twins.is_twin(0, {0, tx_ab(i)}));
  EXPECT_FALSE(twins.is_twin(1, {0, tx_ab(0)}));
  EXPECT_TRUE(twins.is_twin(1, {0, tx_ab(19)}));
}

}  // namespace
}  // namespace wgt::join
