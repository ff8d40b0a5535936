// SPDX-License-Identifier: GPL-2.0-only
// Over real sockets: many sessions at once, a reader that is too slow, TCP on the loopback.
#include "plugin/source/peer/link.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "plugin/source/peer/acceptor.h"
#include "plugin/source/peer/dialer.h"
#include "tests/plugin/source/peer/two_ends.h"
#include "tests/support/event_builder.h"

namespace wgt::session {
namespace {

using namespace std::chrono_literals;

std::pair<UniqueFd, UniqueFd> socket_pair() {
  int ends[2] = {-1, -1};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

std::shared_ptr<Link> link_of(boost::asio::io_context& io, UniqueFd fd, Link::Handlers handlers) {
  UniqueFd copy(::dup(fd.get()));
  return Link::start(io, std::move(fd), std::move(copy), std::move(handlers));
}

// A watcher and a listener, each at its end of a socket.
struct Session {
  explicit Session(boost::asio::io_context& io) {
    auto [here, there] = socket_pair();
    watcher = link_of(io, std::move(here), handlers(ends.watcher.end));
    listener = link_of(io, std::move(there), handlers(ends.listener.end));
  }
  ~Session() {
    watcher->close();
    listener->close();
  }
  template <class End>
  Link::Handlers handlers(End& end) {
    return {.data =
                [this, &end](Bytes bytes) {
                  failed = failed || !end.receive(bytes, 1);
                  move();
                },
            .closed = [this](const std::string&) { failed = true; }};
  }
  // What an end wanted to send.
  void move() {
    watcher->send(std::exchange(ends.watcher.sent, {}));
    listener->send(std::exchange(ends.listener.sent, {}));
  }

  TwoEnds ends;
  std::shared_ptr<Link> watcher;
  std::shared_ptr<Link> listener;
  bool failed = false;
};

bool until(boost::asio::io_context& io, const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + 30s;
  while (!done() && std::chrono::steady_clock::now() < end) {
    io.restart();
    io.run_for(10ms);
  }
  return done();
}

TEST(Link, TwentyWatchersAtOnceGetTheirOwn) {
  boost::asio::io_context io;
  std::vector<std::unique_ptr<Session>> all;
  for (int i = 0; i < 20; i++) {
    all.push_back(std::make_unique<Session>(io));
    ASSERT_TRUE(all.back()->ends.begin());
    all.back()->move();
  }
  const auto each = [&](const std::function<bool(Session&)>& holds) {
    return std::all_of(all.begin(), all.end(), [&](const auto& one) { return holds(*one); });
  };
  ASSERT_TRUE(
      until(io, [&] { return each([](Session& s) { return s.ends.watcher.end.is_open(); }); }));
  for (const auto& session : all) {
    session->ends.watcher.end.ask({});
    session->move();
  }
  ASSERT_TRUE(
      until(io, [&] { return each([](Session& s) { return s.ends.listener.ask.has_value(); }); }));
  constexpr std::size_t kRecords = 2000;
  for (std::size_t i = 0; i < all.size(); i++) {
    TwoEnds& ends = all[i]->ends;
    ends.listener.end.host(host_named("hub"));
    for (std::uint64_t n = 0; n < kRecords; n++) {
      const event::Event record = test::rx()
                                      .device(4, 3)
                                      .peer(ends.keys.pub)
                                      .index(static_cast<std::uint32_t>(i))
                                      .counter(n);
      ends.listener.end.add(record, 0);
    }
    ends.listener.end.progress({1, 0});
    all[i]->move();
  }
  EXPECT_TRUE(until(io, [&] {
    return each([](Session& s) { return s.ends.watcher.last_progress.has_value(); });
  }));
  for (std::size_t i = 0; i < all.size(); i++) {
    const Watcher& watcher = all[i]->ends.watcher;
    EXPECT_FALSE(all[i]->failed);
    ASSERT_EQ(watcher.got.size(), kRecords);
    for (std::size_t n = 0; n < kRecords; n++) {
      const event::PacketKey expected{static_cast<std::uint32_t>(i), n};
      EXPECT_EQ(event::key_of(watcher.got[n]), expected);
    }
  }
}

TEST(Link, WhatASlowReaderLeavesIsKnown) {
  boost::asio::io_context io;
  auto [here, there] = socket_pair();
  const auto link = link_of(io, std::move(here), {.data = [](Bytes) {}, .closed = [](auto&) {}});
  const ByteVector piece(100'000, 7);
  for (int i = 0; i < 50; i++) link->send(piece);
  io.run_for(50ms);
  EXPECT_GT(link->waiting(), 1'000'000u);
  std::size_t got = 0;
  ByteVector buffer(65536);
  until(io, [&] {
    const ssize_t read = ::recv(there.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    got += read > 0 ? static_cast<std::size_t>(read) : 0;
    return got == 50 * piece.size();
  });
  EXPECT_EQ(got, 50 * piece.size());
  EXPECT_EQ(link->waiting(), 0u);
  link->close();
}

TEST(Link, FinishSendsTheRest) {
  boost::asio::io_context io;
  auto [here, there] = socket_pair();
  auto link = link_of(io, std::move(here), {.data = [](Bytes) {}, .closed = [](auto&) {}});
  link->send(ByteVector(1'000'000, 7));
  link->finish();
  link.reset();
  std::size_t got = 0;
  bool ended = false;
  ByteVector buffer(65536);
  until(io, [&] {
    const ssize_t read = ::recv(there.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    got += read > 0 ? static_cast<std::size_t>(read) : 0;
    ended = read == 0;
    return ended;
  });
  EXPECT_TRUE(ended);
  EXPECT_EQ(got, 1'000'000u);
}

TEST(Link, TheOtherEndGoingAwayIsToldOnce) {
  boost::asio::io_context io;
  auto [here, there] = socket_pair();
  int told = 0;
  const auto link =
      link_of(io, std::move(here), {.data = [](Bytes) {}, .closed = [&](auto&) { told++; }});
  there.reset();
  io.run_for(100ms);
  EXPECT_EQ(told, 1);
}

TEST(Tcp, TheDialerReachesTheAcceptor) {
  for (const char* address : {"127.0.0.1", "::1"}) {
    boost::asio::io_context io;
    auto acceptor = Acceptor::open(io, HostPort{address, 0});
    if (!acceptor) GTEST_SKIP() << acceptor.error().text;
    std::optional<Accepted> accepted;
    acceptor->start([&](Accepted one) { accepted = std::move(one); });
    const auto at = parse_host_port(acceptor->address()).value();
    std::optional<Dialed> dialed;
    Dialer dialer(io);
    dialer.dial(Target(at), [&](Result<Dialed> result) {
      ASSERT_TRUE(result) << result.error().text;
      dialed = *std::move(result);
    });
    ASSERT_TRUE(until(io, [&] { return accepted && dialed; }));
    EXPECT_EQ(accepted->connection.here, dialed->connection->there);
    EXPECT_EQ(accepted->connection.there, dialed->connection->here);
    EXPECT_EQ(to_string(accepted->connection.here.address), address);
  }
}

TEST(Tcp, NobodyThereIsAnError) {
  boost::asio::io_context io;
  std::optional<Error> error;
  Dialer dialer(io);
  dialer.dial(Target(HostPort{"127.0.0.1", 1}), [&](Result<Dialed> result) {
    ASSERT_FALSE(result);
    error = result.error();
  });
  ASSERT_TRUE(until(io, [&] { return error.has_value(); }));
  EXPECT_EQ(error->text, "connect to 127.0.0.1:1: Connection refused");
}

TEST(Tcp, AnAddressThatIsTakenIsAnError) {
  boost::asio::io_context io;
  const auto first = Acceptor::open(io, HostPort{"127.0.0.1", 0});
  if (!first) GTEST_SKIP() << first.error().text;
  const auto second = Acceptor::open(io, parse_host_port(first->address()).value());
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().text.find("Address already in use"), std::string::npos);
}

}  // namespace
}  // namespace wgt::session
