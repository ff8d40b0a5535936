// SPDX-License-Identifier: GPL-2.0-only
// Records that somebody made up: so many of one number cost no more than as many numbers.
#include <gtest/gtest.h>

#include <chrono>

#include "plugin/join/assign.h"
#include "tests/plugin/join/recorded_hosts.h"
#include "tests/plugin/join/two_hosts.h"

namespace wgt::join {
namespace {

using namespace test;

constexpr int kRecords = 100'000;
// Without optimisation and on a busy machine; if each were compared with each, it would be hours.
constexpr auto kAtMost = std::chrono::seconds(20);

struct MadeUpTest : ::testing::Test {
  MadeUpTest() {
    hosts.add(alpha());
    hosts.add(beta());
  }
  // The paths of `records`, in a time that grows with their number alone.
  std::vector<PathRecords> assigned() {
    std::vector<const Observed*> all;
    for (const Observed& record : records) all.push_back(&record);
    const auto began = std::chrono::steady_clock::now();
    auto paths = assign(all, hosts, NothingMissing());
    EXPECT_LT(std::chrono::steady_clock::now() - began, kAtMost);
    return paths;
  }
  static wg::PublicKey somebody(int i) {
    wg::PublicKey key = test_key(9);
    key.bytes[30] = static_cast<std::uint8_t>(i);
    key.bytes[31] = static_cast<std::uint8_t>(i / 256);
    return key;
  }
  Hosts hosts;
  std::vector<Observed> records;
};

TEST_F(MadeUpTest, HostsWhosePeersDoNotMatch) {
  for (int i = 0; i < kRecords / 2; i++) {
    records.push_back({0, tx_ab(5).at(kStart + static_cast<std::uint64_t>(i))});
    records.push_back(
        {1, rx_ab(5).at(on_beta(kStart) + static_cast<std::uint64_t>(i)).peer(test_key(9))});
  }
  EXPECT_EQ(assigned().size(), static_cast<std::size_t>(kRecords));
}

TEST_F(MadeUpTest, APeerForEach) {
  for (int i = 0; i < kRecords / 2; i++) {
    records.push_back({0, tx_ab(5).at(kStart + static_cast<std::uint64_t>(i))});
    records.push_back(
        {1, rx_ab(5).at(on_beta(kStart) + static_cast<std::uint64_t>(i)).peer(somebody(i))});
  }
  EXPECT_EQ(assigned().size(), static_cast<std::size_t>(kRecords));
}

TEST_F(MadeUpTest, DropsThatEndNothing) {
  for (int i = 0; i < kRecords / 2; i++) {
    records.push_back({0, tx_ab(5).at(kStart + static_cast<std::uint64_t>(i)).peer(test_key(9))});
    records.push_back({1, drop(event::VerdictId::INNER_IN)
                              .device(2000, 2)
                              .counter(5)
                              .at(on_beta(kStart) + static_cast<std::uint64_t>(i))});
  }
  EXPECT_GE(assigned().size(), static_cast<std::size_t>(kRecords / 2));
}

struct MadeUpRecordings : RecordedHosts {};

TEST_F(MadeUpRecordings, HostsWhosePeersDoNotMatch) {
  std::vector<event::Event> sent, received;
  for (std::uint64_t i = 0; i < kRecords / 2; i++) {
    sent.push_back(tx_ab(5).at(kStart + i));
    received.push_back(rx_ab(5).at(on_beta(kStart) + i).peer(test_key(9)));
  }
  write_alpha(sent);
  write_beta(received);
  const auto began = std::chrono::steady_clock::now();
  run();
  EXPECT_LT(std::chrono::steady_clock::now() - began, kAtMost);
  EXPECT_EQ(stats.join.paths, static_cast<std::size_t>(kRecords));
}

TEST_F(MadeUpTest, TheRealOneJoinsAllTheSame) {
  for (int i = 0; i < 1000; i++)
    records.push_back(
        {1, rx_ab(5).at(on_beta(kStart) + static_cast<std::uint64_t>(i)).peer(test_key(9))});
  records.push_back({0, tx_ab(5)});
  records.push_back({1, rx_ab(5)});
  int whole = 0;
  for (const PathRecords& path : assigned()) whole += path.tx != nullptr && path.rx != nullptr;
  EXPECT_EQ(whole, 1);
}

}  // namespace
}  // namespace wgt::join
