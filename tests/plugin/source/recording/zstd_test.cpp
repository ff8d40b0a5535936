// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/zstd.h"

#include <gtest/gtest.h>

namespace wgt::recording {
namespace {

struct ZstdTest : ::testing::Test {
  ZstdTest() : plain(10'000, 7) { plain[5000] = 1; }

  ByteVector plain;
  ByteVector packed;
  ByteVector out;
  Compressor compressor;
  Decompressor decompressor;
};

TEST_F(ZstdTest, ThereAndBack) {
  ASSERT_TRUE(compressor.compress(plain, packed));
  EXPECT_LT(packed.size(), 100U);
  ASSERT_TRUE(decompressor.decompress(packed, plain.size(), out));
  EXPECT_EQ(out, plain);
}

TEST_F(ZstdTest, WhatWouldNotGetSmallerIsLeftAsItIs) {
  EXPECT_FALSE(compressor.compress(Bytes(plain).first(3), packed));
}

TEST_F(ZstdTest, OnlyAWholeFrameOfTheSizeThatWasSaid) {
  ASSERT_TRUE(compressor.compress(plain, packed));
  EXPECT_FALSE(decompressor.decompress(packed, plain.size() - 1, out));
  EXPECT_FALSE(decompressor.decompress(packed, plain.size() + 1, out));
  EXPECT_TRUE(out.empty()) << "no memory is taken for a wrong claim";
  EXPECT_FALSE(decompressor.decompress(Bytes(packed).first(packed.size() - 1), plain.size(), out));
  ByteVector two = packed;
  two.insert(two.end(), packed.begin(), packed.end());
  EXPECT_FALSE(decompressor.decompress(two, plain.size(), out));
  EXPECT_FALSE(decompressor.decompress({}, 0, out));
}

}  // namespace
}  // namespace wgt::recording
