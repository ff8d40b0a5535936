// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/filter/sample.h"

#include <gtest/gtest.h>

namespace wgt::filter {
namespace {

TEST(Sample, IsOneOfSoManyNumbersWhateverTheSession) {
  for (const std::uint32_t session : {0U, 7U}) {
    int chosen = 0;
    for (std::uint64_t number = 0; number < 100; number++)
      chosen += in_sample(event::PacketKey{session, number}, 10) ? 1 : 0;
    EXPECT_EQ(chosen, 10);
    EXPECT_TRUE(in_sample(event::PacketKey{session, 40}, 10));
  }
}

TEST(Sample, HasWhatHasNoNumber) { EXPECT_TRUE(in_sample(std::nullopt, 1000)); }

}  // namespace
}  // namespace wgt::filter
