// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/base/sockaddr.h"

#include <gtest/gtest.h>
#include <sys/un.h>

namespace wgt {
namespace {

TEST(Sockaddr, ThereAndBack) {
  const Endpoint v4{*parse_ip("192.0.2.1"), 51820, 0};
  const Endpoint v6{*parse_ip("fe80::1"), 53, 7};
  EXPECT_EQ(to_endpoint(to_sockaddr(v4)), v4);
  EXPECT_EQ(to_endpoint(to_sockaddr(v6)), v6);
  EXPECT_LT(to_sockaddr(v4).length, to_sockaddr(v6).length);
}

TEST(Sockaddr, OfAnotherFamilyIsNone) {
  SocketAddress address;
  address.storage.ss_family = AF_UNIX;
  EXPECT_EQ(to_endpoint(address).address.version, 0);
}

}  // namespace
}  // namespace wgt
