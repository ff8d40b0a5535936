// SPDX-License-Identifier: GPL-2.0-only
// What of `why` and its probes needs no tunnel: probes to this host itself, and their paths as if
// they had been in one. Sockets in a namespace need root.
#include "plugin/app/why.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "plugin/app/probe_watch.h"
#include "plugin/app/prober.h"
#include "plugin/app/tracing.h"
#include "tests/support/view_builder.h"
#include "wgtools/base/netns.h"

namespace wgt::app {
namespace {

const IpAddress kSelf = *parse_ip("127.0.0.1");

TEST(SignalsWait, HoldsThemWhileItLives) {
  const auto pending = [] {
    sigset_t set;
    ::sigpending(&set);
    return ::sigismember(&set, SIGHUP) == 1;
  };
  const SignalsWait signals;
  std::raise(SIGHUP);
  EXPECT_TRUE(pending());
  std::signal(SIGHUP, SIG_IGN);  // which forgets it
  signals.let_through();
  signals.hold();
  EXPECT_FALSE(pending());
  std::signal(SIGHUP, SIG_DFL);
}

TEST(Why, AnAddressOfThisHost) {
  WhyOptions options;
  options.probe.to = kSelf;
  const auto result = why(options);
  if (!result && result.error().code == Errc::kPermission) GTEST_SKIP() << result.error().text;
  ASSERT_TRUE(result) << result.error().text;
  EXPECT_EQ(result->answer.id, "why.not_routed");
  EXPECT_EQ(result->answer.outcome, health::Outcome::kCannotTell);
}

TEST(Why, ADestinationByName) {
  EXPECT_EQ(*find_destination("10.0.0.7", "not there"), *parse_ip("10.0.0.7"));
  EXPECT_EQ(find_destination("10.0.0.300", {}).error().code, Errc::kInvalid);
  EXPECT_EQ(find_destination("fd00::g", {}).error().code, Errc::kInvalid);
  const auto self = find_destination("localhost", {});
  if (!self && self.error().code == Errc::kPermission) GTEST_SKIP() << self.error().text;
  ASSERT_TRUE(self) << self.error().text;
  EXPECT_TRUE(*self == kSelf || *self == *parse_ip("::1"));
  const auto none = find_destination("no such name", {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::kNotFound);
  EXPECT_TRUE(none.error().text.starts_with("look up no such name: ")) << none.error().text;
}

struct Probing : ::testing::Test {
  Probing() {
    options.to = kSelf;
    options.count = 2;
    options.interval = std::chrono::milliseconds(1);
  }
  void SetUp() override {
    netns = open_current_netns().value();
    LiveRun run;
    const auto prober = Prober::open(run.io(), netns, options, [](const SentProbe&) {});
    if (!prober && prober.error().code == Errc::kPermission) GTEST_SKIP() << prober.error().text;
    const auto inside = NetnsGuard::enter(netns);
    if (!inside) GTEST_SKIP() << inside.error().text;
  }
  // Sends them; `each` is called with every news.
  void send(const std::function<void(Prober&)>& at_end) {
    LiveRun run;
    Prober* self = nullptr;
    auto prober = Prober::open(run.io(), netns, options, [&](const SentProbe&) {
      if (self != nullptr && self->all_answered()) run.stop();
    });
    ASSERT_TRUE(prober) << prober.error().text;
    self = prober->get();
    boost::asio::steady_timer limit(run.io(), std::chrono::seconds(10));
    limit.async_wait([&](const boost::system::error_code&) { run.stop(); });
    self->start();
    run.run();
    at_end(*self);
  }
  ProbeOptions options;
  UniqueFd netns;
};

TEST_F(Probing, EchoesAreAnswered) {
  send([](const Prober& prober) {
    EXPECT_TRUE(prober.all_answered());
    ASSERT_EQ(prober.probes().size(), 2U);
    EXPECT_GT(*prober.probes()[1].answer_ns, 0);
    EXPECT_FALSE(prober.probes()[1].refused);
    EXPECT_FALSE(prober.probe_of(test::tx().inner_ping("10.0.0.1", "127.0.0.1", 1, 1)->inner) &&
                 prober.probe_of(test::tx().inner_ping("10.0.0.1", "127.0.0.1", 2, 1)->inner));
  });
}

TEST_F(Probing, AClosedPortRefuses) {
  // one that nobody has: it was given to a socket that never listens
  const UniqueFd holder(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  ASSERT_EQ(::bind(holder.get(), reinterpret_cast<sockaddr*>(&address), length), 0);
  ASSERT_EQ(::getsockname(holder.get(), reinterpret_cast<sockaddr*>(&address), &length), 0);
  options.port = ntohs(address.sin_port);
  const auto flow = [&](std::uint16_t from) {
    return test::tx().inner_tcp("10.0.0.1", from, "127.0.0.1", *options.port)->inner;
  };
  send([&](const Prober& prober) {
    EXPECT_TRUE(prober.all_answered());
    EXPECT_TRUE(prober.probes()[0].refused);
    const std::uint16_t own = prober.probes()[1].local_port;
    EXPECT_EQ(prober.probe_of(flow(own)), 1U);
    EXPECT_EQ(prober.probe_of(flow(1)), std::nullopt);
    event::Tuple answer = flow(own);
    std::swap(answer.src, answer.dst);
    std::swap(answer.src_port, answer.dst_port);
    EXPECT_EQ(prober.answer_to(answer), 1U);
    EXPECT_EQ(prober.answer_to(flow(own)), std::nullopt);
  });
}

// The paths of both, told while it runs, belong to the right probe; amended ones replace others.
TEST_F(Probing, PathsAreKeptByProbe) {
  options.count = 1;
  std::vector<health::Probe> finished;
  ProbeWatch watch(netns, options, "wg0", [&](const health::Probe& probe) {
    finished.push_back(probe);
    return true;
  });
  LiveRun run;
  boost::asio::steady_timer later(run.io(), std::chrono::milliseconds(100));
  later.async_wait([&](const boost::system::error_code&) {
    // its number is 1, its identifier is not known here: all are offered
    for (std::uint32_t id = 0; id < 0x10000; id++) {
      explain::PathView there = test::delivered().view();
      there.inner =
          test::tx().inner_ping("10.0.0.1", "127.0.0.1", static_cast<std::uint16_t>(id), 1)->inner;
      watch.path(there);
      explain::PathView back = there;
      std::swap(back.inner->src, back.inner->dst);
      back.inner->icmp_type = 0;
      watch.path(back);
      back.amends = event::VerdictId::NETWORK_LOST;
      watch.path(back);
    }
  });
  watch.begin(run);
  run.run();
  const auto probes = watch.result();
  ASSERT_TRUE(probes) << probes.error().text;
  ASSERT_EQ(probes->size(), 1U);
  EXPECT_TRUE(probes->front().answer_ns && probes->front().there && probes->front().back);
  EXPECT_EQ(probes->front().back->amends, event::VerdictId::NETWORK_LOST);
  EXPECT_EQ(finished.size(), 1U);
}

// A reader that left ends it, though probes are still to be sent.
TEST_F(Probing, EnoughIsEnough) {
  options.count = 1000;
  options.port = 9;
  std::size_t told = 0;
  ProbeWatch watch(netns, options, "wg0", [&](const health::Probe&) { return ++told < 2; });
  LiveRun run;
  watch.begin(run);
  run.run();
  EXPECT_EQ(told, 2U);
}

}  // namespace
}  // namespace wgt::app
