// SPDX-License-Identifier: GPL-2.0-only
// The report of `check` as a whole: what is fine, and commands that can be pasted.
#include <gtest/gtest.h>

#include "tests/plugin/health/host_builder.h"

namespace wgt::health {
namespace {

using test::Host;
using test::v4;

TEST(HostReport, AGoodOneHasNoFindingsButWhatIsFine) {
  const CheckReport report = check_host(Host());
  EXPECT_EQ(test::ids(report.findings), "");
  EXPECT_EQ(report.fine.size(), 3U);
}

TEST(HostReport, WithoutFactsSaysNothing) {
  HostFacts none;
  none.up = true;
  EXPECT_TRUE(check_host(none).findings.empty());
  EXPECT_TRUE(check_host(none).fine.empty());
}

TEST(HostReport, QuotesNamesInEveryCommand) {
  Host host;
  host.up = false;
  host.mtu = 1441;
  host.interface = "wg;x";
  host.device.listen_port = 51820;
  host.endpoints[0].name = "$(reboot)";
  host.endpoints[0].resolved = {v4(8).address};
  host.route().route = {.error = ENETUNREACH};
  host.elsewhere("red one");
  std::size_t commands = 0;
  for (const Finding& finding : check_host(host).findings) {
    if (!finding.command) continue;
    commands++;
    EXPECT_TRUE(finding.command->starts_with("ip netns exec 'red one' ")) << *finding.command;
    if (finding.command->find("wg;x") != std::string::npos) {
      EXPECT_NE(finding.command->find("'wg;x'"), std::string::npos) << *finding.command;
    }
    if (finding.id == "endpoint.stale_name") {
      EXPECT_TRUE(finding.command->ends_with(" endpoint '$(reboot):51820'")) << *finding.command;
    }
    if (finding.id == "host.firewall") {
      EXPECT_NE(finding.advice->find("`ip netns exec 'red one' wg-trace up 'wg;x'`"),
                std::string::npos);
    }
  }
  EXPECT_EQ(commands, 5U);
}

TEST(HostReport, NoCommandIsShownThatWouldActOnAnotherNamespace) {
  Host host;
  host.up = false;
  host.place = host.socket = {.here = false};  // and it has no name
  EXPECT_EQ(host.ids(), "host.interface_down error");
  EXPECT_EQ(check_host(host).findings[0].command, std::nullopt);
  host.elsewhere("-all");
  EXPECT_EQ(check_host(host).findings[0].command, std::nullopt);
}

TEST(HostReport, IsNotTheNetworksOwnAddress) {
  EXPECT_EQ(to_string(inside({.address = {.version = 4, .bytes = {10, 0, 0, 0}}, .length = 8})),
            "10.0.0.1");
  EXPECT_EQ(to_string(inside({.address = {.version = 4, .bytes = {10, 0, 0, 4}}, .length = 32})),
            "10.0.0.4");
  EXPECT_EQ(to_string(inside({.address = {.version = 4}, .length = 0})), "1.0.0.1");
  EXPECT_EQ(to_string(inside({.address = {.version = 6}, .length = 0})), "2000::1");
}

}  // namespace
}  // namespace wgt::health
