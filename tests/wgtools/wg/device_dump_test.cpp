// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/device_dump.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>

namespace wgt::wg {
namespace {

TEST(DeviceDump, RefusesImpossibleNamesBeforeAskingTheKernel) {
  using std::string_literals::operator""s;
  for (const std::string& name : {""s, "sixteen--letters"s, "wg\0"s}) {
    const auto device = get_device(name);
    ASSERT_FALSE(device);
    EXPECT_EQ(device.error().code, Errc::kInvalid);
  }
}

TEST(DeviceDump, ExplainsRefusalsAsSentences) {
  const auto text = [](int sys_errno, std::string_view interface) {
    return explain_refusal(sys_error(sys_errno, "netlink", ""), interface).text;
  };
  EXPECT_EQ(text(ENODEV, "wg0"), "wg0: no such interface");
  EXPECT_EQ(text(EOPNOTSUPP, "eth0"), "eth0: not a WireGuard interface");
  EXPECT_EQ(text(EPERM, "wg0"), "wg0: needs CAP_NET_ADMIN (run as root)");
  EXPECT_EQ(text(ENOBUFS, "wg0"), "wg0: netlink: No buffer space available");
  EXPECT_EQ(explain_refusal(sys_error(EPERM, "netlink", ""), "wg0").code, Errc::kPermission);
}

TEST(DeviceDump, TakesTheFirstDumpThatWasNotInterrupted) {
  int dumps = 0;
  const auto device = retry_interrupted([&]() -> Result<DumpAttempt> {
    ++dumps;
    return DumpAttempt{.device = {.name = "dump " + std::to_string(dumps)},
                       .interrupted = dumps < 3};
  });
  EXPECT_EQ(dumps, 3);
  EXPECT_EQ(device->name, "dump 3");
  EXPECT_FALSE(device->inconsistent);
}

TEST(DeviceDump, GivesUpAfterFiveRetriesAndSaysSo) {
  int dumps = 0;
  const auto device = retry_interrupted([&]() -> Result<DumpAttempt> {
    ++dumps;
    return DumpAttempt{.device = {.name = "dump " + std::to_string(dumps)}, .interrupted = true};
  });
  EXPECT_EQ(dumps, 6);
  EXPECT_EQ(device->name, "dump 6");
  EXPECT_TRUE(device->inconsistent);
}

TEST(DeviceDump, DoesNotRetryErrors) {
  int dumps = 0;
  const auto device = retry_interrupted([&]() -> Result<DumpAttempt> {
    ++dumps;
    return make_error(Errc::kCorrupt, "bad");
  });
  EXPECT_EQ(dumps, 1);
  EXPECT_EQ(device.error().text, "bad");
}

}  // namespace
}  // namespace wgt::wg
