// SPDX-License-Identifier: GPL-2.0-only
// What of a file is refused, line and word; and that `wg` and wg-quick of this machine agree.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "wgtools/wg/quick_file.h"

namespace wgt::wg {
namespace {

#define KEY "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg="
#define PEER "[Peer]\nPublicKey = " KEY "\n"

struct Case {
  const char* text;
  std::uint32_t line;  // 0: taken
  const char* word = "";
};

constexpr Case kCases[] = {
    {"", 0},
    {"# nothing\n\n", 0},
    {"[Interface]\nListenPort = 51820\nFwMark = 0xca6c\n", 0},
    {"[Interface]\nListenPort = 5 18 20\r\n", 0},
    {"[INTERFACE]\nlistenport=70000\nfwmark=OFF\n", 0},
    {"[Interface]\nListenPort = 51820x\n", 2, "51820x"},
    {"[Interface]\nListenPort = -1\n", 2, "-1"},
    {"[Interface]\nListenPort =\n", 2, "ListenPort"},
    {"[Interface]\nFwMark = 0X10\n", 2, "0X10"},
    {"[Interface]\nFwMark = 4294967296\n", 2, "4294967296"},
    {"[Interface]\nFwMark = 0x\n", 2, "0x"},
    {"[Interface]\nPrivateKey = x\n", 2, "PrivateKey"},
    {"[Interface]\nEndpoint = 192.0.2.1:1\n", 2, "Endpoint"},
    {"\xef\xbb\xbf[Interface]\nListenPort = 1\n", 1, "EF BB BF"},
    {"ListenPort = 1\n", 1, "ListenPort"},
    {"[Interfaces]\n", 1, "[Interfaces]"},
    {"[Interface]\n[Peers]\n", 2, "[Peers]"},
    {PEER "AllowedIPs = 10.0.0.0/8, fd00::/64 ,192.0.2.1\n", 0},
    {PEER "AllowedIPs = 10.0.0.1 0/24\n", 0},  // without the space
    {PEER "AllowedIPs =\n", 3, "AllowedIPs"},
    {PEER "AllowedIPs = 10.0.0.0/8,\n", 3, "AllowedIPs"},
    {PEER "AllowedIPs = 10.0.0.0/8 192.0.2.0/24\n", 3, "10.0.0.0/8192.0.2.0/24"},
    {PEER "AllowedIPs = 10.0.0.0/33\n", 3, "10.0.0.0/33"},
    {PEER "AllowedIPs = fd00::/129\n", 3, "fd00::/129"},
    {PEER "AllowedIPs = 10.0.0.0/\n", 3, "10.0.0.0/"},
    {PEER "AllowedIPs = 10.0.0.0/032\n", 0},
    {PEER "AllowedIPs = localhost\n", 3, "localhost"},
    {PEER "PersistentKeepalive = 25\nPresharedKey = " KEY "\n", 0},
    {PEER "PersistentKeepalive = off\n", 0},
    {PEER "PersistentKeepalive = 65536\n", 3, "65536"},
    {PEER "PersistentKeepalive = 25s\n", 3, "25s"},
    {PEER "PersistentKeepalive = 25[Peer]\n", 3, "25[Peer]"},
    {PEER "PersistentKeepalive = 25AllowedIPs = 10.0.0.0/8\n", 3, "25AllowedIPs=10.0.0.0/8"},
    {PEER "Endpoint = [::1]:51820\n", 0},
    {PEER "Endpoint = 192.0.2.1:51820\n", 0},
    {PEER "Endpoint = ::1:51820\n", 0},
    {PEER "Endpoint = 192.0.2.1\n", 3, "192.0.2.1"},
    {PEER "Endpoint = 192.0.2.1:\n", 3, "192.0.2.1:"},
    {PEER "Endpoint = [::1\n", 3, "[::1"},
    {PEER "Endpoint = [::1]51820\n", 3, "[::1]51820"},
    {PEER "PublicKey = xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dh=\n", 3, "PublicKey"},
    {PEER "PresharedKey = x\n", 3, "PresharedKey"},
    {"[Peer]\nAllowedIPs = 10.0.0.0/8\n", 1, "[Peer]"},
    {PEER "Comment = me\n", 3, "Comment"},
    {PEER "= me\n", 3, "=me"},
    {PEER "Schl\xfcssel\x1b[2J = me\n", 3, "Schl?ssel?[2J"},
    // Of wg-quick's own:
    {"[Interface]\nAddress = 10.0.0.1/24\nDNS = 1.1.1.1\nMTU = 1420\nTable = off\n"
     "PostUp = echo a = b\nSaveConfig = true\n",
     0},
    {"[Interface]\nSaveConfig = yes\n", 2, "yes"},
    {"[ Interface ]\nAddress = 10.0.0.1/24\n", 2, "Address"},
    {PEER "Address = 10.0.0.1/24\n", 3, "Address"},
    {"\xef\xbb\xbf[Interface]\nAddress = 10.0.0.1/24\n", 1, "EF BB BF"},
};

TEST(QuickRefusals, LineAndWord) {
  for (const Case& c : kCases) {
    const QuickFile file = parse_quick_file(c.text);
    ASSERT_EQ(file.problems.empty(), c.line == 0) << c.text << file.problems[0].why;
    if (c.line == 0) continue;
    EXPECT_EQ(file.problems[0].line, c.line) << c.text;
    EXPECT_EQ(file.problems[0].word, c.word) << c.text;
    EXPECT_FALSE(file.problems[0].why.empty());
  }
}

// Whether they take the file, up to the interface that is not there.
bool wg_takes(const std::filesystem::path& path) {
  const std::string strip = "wg-quick strip " + path.string() + " > " + path.string() + ".wg 2>&1";
  if (std::system(strip.c_str()) != 0) return false;
  const std::string set = "wg setconf wgt-none " + path.string() + ".wg 2>&1";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(set.c_str(), "r"), &::pclose);
  std::string said(4096, '\0');
  said.resize(std::fread(said.data(), 1, said.size(), pipe.get()));
  const bool taken = said.find("Unable to modify interface") != std::string::npos;
  EXPECT_TRUE(taken || said.find("onfiguration") != std::string::npos) << said;
  return taken;
}

TEST(QuickRefusals, AreThoseOfWg) {
  if (std::system("command -v wg wg-quick >/dev/null") != 0) GTEST_SKIP() << "no wireguard-tools";
  if (::geteuid() != 0) GTEST_SKIP() << "wg-quick wants root";
  std::string folder = (std::filesystem::temp_directory_path() / "wgt-quick.XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::filesystem::path path = std::filesystem::path(folder) / "wgt-none.conf";
  for (const Case& c : kCases) {
    std::ofstream(path) << c.text;
    std::filesystem::permissions(path, std::filesystem::perms::owner_read);
    EXPECT_EQ(wg_takes(path), c.line == 0) << c.text;
    std::filesystem::remove(path);
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace wgt::wg
