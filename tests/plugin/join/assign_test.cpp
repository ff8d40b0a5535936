// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/assign.h"

#include <algorithm>

#include "tests/plugin/join/two_hosts.h"

namespace wgt::join {
namespace {

using namespace test;

struct AssignTest : ::testing::Test {
  AssignTest() {
    hosts.add(alpha());
    hosts.add(beta());
  }
  Hosts hosts;
};

TEST_F(AssignTest, TheOrderOfRecordsChangesNothing) {
  const Observed records[] = {
      {0, tx_ab(5)},
      {1, rx_ab(5)},
      {1, rx_ab(5).at(on_beta(kStart) + 5 * kMs).verdict(event::VerdictId::RX_REPLAY)},
      {1, rx_ab(5).at(on_beta(kStart)).verdict(event::VerdictId::RX_AUTH_FAILED)},
      {1,
       drop(event::VerdictId::INNER_IN).device(2000, 2).counter(5).at(on_beta(kStart) + 3 * kMs)},
      {1,
       drop(event::VerdictId::OUTER_IN).device(2000, 2).counter(5).at(on_beta(kStart) + 4 * kMs)},
  };
  std::vector<const Observed*> order;
  for (const Observed& record : records) order.push_back(&record);
  std::sort(order.begin(), order.end());
  do {
    const auto paths = assign(order, hosts, NothingMissing());
    ASSERT_EQ(paths.size(), 3U);
    const auto main = std::find_if(paths.begin(), paths.end(),
                                   [](const PathRecords& path) { return path.tx != nullptr; });
    ASSERT_NE(main, paths.end());
    ASSERT_EQ(main->rx, &records[1]);
    ASSERT_EQ(main->drop, &records[4]);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(AssignTest, KeysDecideAsFarAsTheyAreKnown) {
  const Observed sent{0, tx_ab(5)};
  EXPECT_TRUE(same_tunnel(sent, {1, rx_ab(5)}, hosts));
  EXPECT_FALSE(same_tunnel(sent, {1, rx_ab(5).peer(test_key(9))}, hosts));
  EXPECT_TRUE(same_tunnel(sent, {1, rx_ab(5).device(2000, 99)}, hosts)) << "a device unknown";
  EXPECT_FALSE(same_tunnel({0, tx_ab(5).peer(test_key(9))}, {1, rx_ab(5)}, hosts));
  EXPECT_TRUE(same_tunnel({0, tx().counter(5)}, {1, rx_ab(5)}, hosts)) << "peer and device unknown";
}

TEST_F(AssignTest, ADeviceWithoutAKeyIsUnknown) {
  event::HostInfo keyless = beta();
  keyless.devices[0].public_key = {};
  hosts.update(1, keyless);
  EXPECT_TRUE(same_tunnel({0, tx_ab(5).peer(test_key(9))}, {1, rx_ab(5)}, hosts));
  EXPECT_TRUE(hosts.watching({}).empty());
}

}  // namespace
}  // namespace wgt::join
