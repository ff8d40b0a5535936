// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/reason_name.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "plugin/explain/path_view.h"

namespace wgt::explain {
namespace {

TEST(ReasonName, IsTheKernelsForTheStackAndOursForWireGuard) {
  const std::map<std::uint32_t, std::string> kernel = {{1, "NETFILTER_DROP"}};
  EXPECT_EQ(reason_name(VerdictId::INNER_IN, 1, kernel), "NETFILTER_DROP");
  EXPECT_EQ(reason_name(VerdictId::OUTER_OUT, 2, kernel), "drop reason 2");
  EXPECT_EQ(reason_name(VerdictId::TX_STAGED_PURGED, static_cast<unsigned>(event::Cause::GAVE_UP),
                        kernel),
            "gave_up");
  EXPECT_EQ(reason_name(VerdictId::RX_UNKNOWN_INDEX, static_cast<unsigned>(event::Cause::REKEYED),
                        kernel),
            "rekeyed");
  EXPECT_EQ(reason_name(VerdictId::TX_STAGED_PURGED, 4711, kernel), "cause 4711");
  EXPECT_EQ(reason_name(VerdictId::INNER_IN, 0, kernel), std::nullopt);
}

TEST(SideLabel, NamesTheNamespaceWhereItTellsSomething) {
  Side side;
  side.host = "vm";
  EXPECT_EQ(side_label(side), "vm");
  side.netns = "b";
  EXPECT_EQ(side_label(side), "vm/b");
  side.host = "b";
  EXPECT_EQ(side_label(side), "b");
}

}  // namespace
}  // namespace wgt::explain
