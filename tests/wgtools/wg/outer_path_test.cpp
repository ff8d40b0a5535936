// SPDX-License-Identifier: GPL-2.0-only
// Where encrypted packets go, through tunnels and back.
#include "wgtools/wg/outer_path.h"

#include <gtest/gtest.h>

namespace wgt::wg {
namespace {

IpAddress v4(std::uint8_t last) { return make_ipv4(std::array<std::uint8_t, 4>{192, 0, 2, last}); }
PublicKey key(std::uint8_t first) {
  PublicKey k;
  k.bytes[0] = first;
  return k;
}

// Tunnels 1, 2, …: each with one peer, whose endpoint is 192.0.2.<its number>, and who has
// everything.
struct World {
  std::map<std::uint32_t, Device> devices;
  std::map<std::uint8_t, std::uint32_t> by;  // last byte of an endpoint: the tunnel it goes into
  std::uint32_t mark_seen = 0;

  explicit World(std::uint8_t tunnels) {
    for (std::uint8_t i = 1; i <= tunnels; i++) {
      Device device{.ifindex = i, .name = "wg" + std::to_string(i), .fwmark = 100U + i};
      device.peers = {{.public_key = key(i),
                       .endpoint = Endpoint{.address = v4(i), .port = 1},
                       .allowed_ips = {{.address = {.version = 4}, .length = 0}}}};
      devices[i] = device;
    }
  }
  OuterPath of(std::uint32_t tunnel, bool is_there = true, std::size_t peer = 0) {
    const auto way = [&](const RouteQuestion& question) -> Result<Way> {
      mark_seen = question.mark;
      Way answer{.to = question.to, .interface = "eth0"};
      answer.route.ifindex = 50;
      if (const auto into = by.find(question.to.bytes[3]); into != by.end()) {
        answer.route.ifindex = into->second;
        answer.interface = "wg" + std::to_string(into->second);
        answer.kind = "wireguard";
      }
      return answer;
    };
    const auto ask = [&](std::uint32_t ifindex) -> const Device* {
      const auto found = devices.find(ifindex);
      return found == devices.end() ? nullptr : &found->second;
    };
    const Device& device = devices.at(tunnel);
    return *follow_outer(device, is_there, device.peers.at(peer), way, ask);
  }
};

TEST(OuterPath, Leaves) {
  World world(1);
  const OuterPath path = world.of(1);
  EXPECT_EQ(path.end, PathEnd::kLeaves);
  EXPECT_TRUE(path.carriers.empty());
  EXPECT_EQ(world.mark_seen, 101U);
}

TEST(OuterPath, ComesBackToItsOwn) {
  World world(1);
  world.by[1] = 1;
  const OuterPath path = world.of(1);
  EXPECT_EQ(path.end, PathEnd::kComesBack);
  ASSERT_EQ(path.carriers.size(), 1U);
  EXPECT_EQ(path.carriers[0], (Carrier{1, "wg1", key(1)}));
  EXPECT_EQ(world.of(1, false).end, PathEnd::kComesBack) << "of the other one of that number";
}

TEST(OuterPath, ByAnotherPeerOfItsOwn) {
  World world(1);
  world.devices[1].peers[0].allowed_ips = {{.address = v4(9), .length = 32}};
  world.devices[1].peers.push_back(
      {.public_key = key(9), .endpoint = Endpoint{.address = v4(9), .port = 1}});
  world.by[9] = 1;
  const OuterPath path = world.of(1, true, 1);
  EXPECT_EQ(path.end, PathEnd::kLeaves) << "the second peer's packets go inside the first's";
  EXPECT_EQ(path.carriers.size(), 1U);
}

TEST(OuterPath, Nested) {
  World world(2);
  world.by[1] = 2;
  const OuterPath path = world.of(1);
  EXPECT_EQ(path.end, PathEnd::kLeaves);
  ASSERT_EQ(path.carriers.size(), 1U);
  EXPECT_EQ(path.carriers[0].interface, "wg2");
  EXPECT_EQ(world.mark_seen, 102U) << "asked as the carrier's packets go";
}

TEST(OuterPath, TwoThatCatchEachOther) {
  World world(2);
  world.by = {{1, 2}, {2, 1}};
  const OuterPath path = world.of(1);
  EXPECT_EQ(path.end, PathEnd::kComesBack);
  ASSERT_EQ(path.carriers.size(), 2U);
  EXPECT_EQ(path.carriers[1], (Carrier{1, "wg1", key(1)}));
}

TEST(OuterPath, IntoALoopOfOthers) {
  World world(3);
  world.by = {{1, 2}, {2, 3}, {3, 2}};
  const OuterPath path = world.of(1);
  EXPECT_EQ(path.end, PathEnd::kComesBack);
  EXPECT_EQ(path.carriers.back().interface, "wg2");
}

TEST(OuterPath, EndsWhereNobodyHasTheEndpoint) {
  World world(2);
  world.by[1] = 2;
  world.devices[2].peers[0].allowed_ips.clear();
  EXPECT_EQ(world.of(1).end, PathEnd::kNoPeer);
  world.devices[2].peers[0].allowed_ips = {{.address = {.version = 4}, .length = 0}};
  world.devices[2].peers[0].endpoint.reset();
  EXPECT_EQ(world.of(1).end, PathEnd::kUnknown);
  world.by[1] = 7;
  EXPECT_EQ(world.of(1).end, PathEnd::kUnknown) << "cannot be asked";
}

TEST(OuterPath, HasAnEnd) {
  World world(60);
  for (std::uint8_t i = 1; i < 60; i++) world.by[i] = i + 1U;
  EXPECT_EQ(world.of(1).end, PathEnd::kUnknown);
}

TEST(OuterPath, AsksForTheScopeOfAnEndpoint) {
  const RouteQuestion question =
      outer_question({.fwmark = 5}, {.address = {.version = 6}, .port = 1, .scope_id = 3});
  EXPECT_EQ(question.by_ifindex, 3U);
  EXPECT_EQ(question.mark, 5U);
}

}  // namespace
}  // namespace wgt::wg
