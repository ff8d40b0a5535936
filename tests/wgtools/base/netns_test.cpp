// SPDX-License-Identifier: GPL-2.0-only
//
// The tests that need namespaces are skipped where the process may not make one.
#include "wgtools/base/netns.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <string>
#include <thread>

namespace wgt {
namespace {

// Runs `body` on a thread in a network namespace of its own; false when that is not allowed.
template <class Body>
bool in_new_netns(Body body) {
  bool allowed = false;
  std::thread([&] {
    allowed = ::unshare(CLONE_NEWNET) == 0;
    if (allowed) body();
  }).join();
  return allowed;
}

TEST(Netns, NamesAreFileNames) {
  EXPECT_TRUE(valid_netns_name("a"));
  EXPECT_TRUE(valid_netns_name("..."));
  EXPECT_TRUE(valid_netns_name(std::string(255, 'a')));
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("a/b"), std::string("/"),
        std::string("a\0b", 3), std::string(256, 'a')}) {
    EXPECT_FALSE(valid_netns_name(name)) << name;
    EXPECT_EQ(open_netns(name).error().code, Errc::kInvalid);
  }
}

TEST(Netns, OpeningAnUnknownNameIsNotFound) {
  const auto netns = open_netns("wgt-no-such-namespace");
  ASSERT_FALSE(netns);
  EXPECT_EQ(netns.error().code, Errc::kNotFound);
  EXPECT_NE(netns.error().text.find("wgt-no-such-namespace"), std::string::npos);
}

TEST(Netns, CurrentHasAnInodeNumber) {
  const auto current = open_current_netns();
  ASSERT_TRUE(current) << current.error().text;
  EXPECT_NE(netns_inum(*current), 0U);
}

TEST(Netns, TheInitialOneHasNoName) {
  const auto initial = open_initial_netns();
  if (!initial) GTEST_SKIP() << initial.error().text;
  EXPECT_EQ(netns_name(netns_inum(*initial)), std::nullopt);
}

TEST(Netns, AnInodeNumberThatIsNoNamespaceHasNoName) { EXPECT_EQ(netns_name(1), std::nullopt); }

TEST(Netns, EveryListedNameOpensAsTheListedNamespace) {
  const auto list = list_named_netns();
  ASSERT_TRUE(list) << list.error().text;
  for (const NamedNetns& listed : *list) {
    const auto netns = open_netns(listed.name);
    ASSERT_TRUE(netns) << netns.error().text;
    EXPECT_EQ(netns_inum(*netns), listed.inum);
  }
}

TEST(NetnsGuard, EntersAndReturns) {
  const auto outer = open_current_netns();
  ASSERT_TRUE(outer);
  const bool allowed = in_new_netns([&] {
    const auto inner = open_current_netns();
    ASSERT_TRUE(inner);
    ASSERT_NE(netns_inum(*inner), netns_inum(*outer));
    {
      const auto guard = NetnsGuard::enter(*outer);
      ASSERT_TRUE(guard) << guard.error().text;
      EXPECT_EQ(netns_inum(*open_current_netns()), netns_inum(*outer));
    }
    EXPECT_EQ(netns_inum(*open_current_netns()), netns_inum(*inner));
  });
  if (!allowed) GTEST_SKIP() << "may not make a network namespace";
}

TEST(NetnsGuard, RefusesWhatIsNoNamespace) {
  const UniqueFd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const auto guard = NetnsGuard::enter(file);
  ASSERT_FALSE(guard);
  EXPECT_NE(guard.error().text.find("enter network namespace"), std::string::npos);
}

}  // namespace
}  // namespace wgt
