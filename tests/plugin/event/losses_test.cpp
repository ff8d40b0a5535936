// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/event/losses.h"

#include <gtest/gtest.h>

#include <vector>

#include "bpf/abi/state.h"

namespace wgt::event {
namespace {

std::vector<std::uint64_t> counts() {
  std::vector<std::uint64_t> all(WGT_LOSSES);
  for (std::size_t i = 0; i < all.size(); i++) all[i] = 100 + i;
  return all;
}

// These stand in recordings and in what scripts read.
TEST(Losses, KeepTheirNames) {
  EXPECT_EQ(shared_losses(counts(), LossKind::kCount),
            (std::map<std::string, std::uint64_t>{{"tx_table", 100 + WGT_LOSS_TX_TABLE},
                                                  {"rx_table", 100 + WGT_LOSS_RX_TABLE},
                                                  {"queue_table", 100 + WGT_LOSS_QUEUE_TABLE},
                                                  {"unfinished", 100 + WGT_LOSS_UNFINISHED},
                                                  {"drops", 100 + WGT_LOSS_DROPS}}));
  EXPECT_STREQ(kRingLoss, "ring");
}

// show and watch named different ones.
TEST(Losses, OfRecordsAreTheSameForAllButWhatOnlyShowCounts) {
  auto all = shared_losses(counts(), LossKind::kCount);
  all.erase("drops");
  EXPECT_EQ(shared_losses(counts(), LossKind::kRecord), all);
}

TEST(Losses, OfOneConsumerAreItsOwn) {
  EXPECT_TRUE(is_own_loss("ring"));
  EXPECT_TRUE(is_own_loss("taken_for_dead")) << "in recordings of earlier versions";
  EXPECT_FALSE(is_own_loss("unfinished"));
  EXPECT_FALSE(is_own_loss("nonsense"));
}

}  // namespace
}  // namespace wgt::event
