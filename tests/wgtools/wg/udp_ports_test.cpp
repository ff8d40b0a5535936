// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/udp_ports.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "wgtools/base/unique_fd.h"

namespace wgt::wg {
namespace {

constexpr const char* kTable =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
    "inode ref pointer drops\n"
    "  174: 00000000:CA6C 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 "
    "815 2 0000000000000000 0\n"
    "  175: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 "
    "4711 2 0000000000000000 0\n";

TEST(UdpPorts, AreReadFromTheTable) {
  EXPECT_EQ(sockets_of(kTable, 51820), std::vector<std::uint64_t>{815});
  EXPECT_EQ(sockets_of(kTable, 53), std::vector<std::uint64_t>{4711});
  EXPECT_TRUE(sockets_of(kTable, 54).empty());
  EXPECT_TRUE(sockets_of("1: x\n2: :\n 3: 0:0036 a\n\n", 54).empty());
}

TEST(UdpPorts, ASocketOfAProgram) {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length), 0);
  const PortUse use = udp_port_use(ntohs(address.sin_port));
  EXPECT_TRUE(use.by_program);
}

}  // namespace
}  // namespace wgt::wg
