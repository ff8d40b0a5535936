// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/netlink_reply.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/support/netlink_bytes.h"

namespace wgt::wg {
namespace {

using test::Attrs;
using test::ByteVector;
using test::datagram;
using test::done_message;
using test::error_message;
using test::generic_message;

constexpr std::uint16_t kInterrupted = NLM_F_MULTI | NLM_F_DUMP_INTR;

// What a caller gets to see of an answer in these datagrams.
struct Seen {
  int messages = 0;
  bool interrupted = false;
  Result<bool> complete = false;
};

Seen read_all(const std::vector<ByteVector>& datagrams) {
  Seen seen;
  NetlinkReply reply(1);
  for (const ByteVector& bytes : datagrams) {
    seen.complete = reply.read(bytes, [&](Bytes) -> Result<void> {
      ++seen.messages;
      return {};
    });
    if (!seen.complete || *seen.complete) break;
  }
  seen.interrupted = reply.interrupted();
  return seen;
}

const ByteVector kData = generic_message(Attrs().text(2, "wg0"));

TEST(NetlinkReply, EndsWithDone) {
  const Seen seen = read_all({datagram({kData, kData}), kData, done_message(0)});
  EXPECT_TRUE(seen.complete.value());
  EXPECT_EQ(seen.messages, 3);
  EXPECT_FALSE(seen.interrupted);
}

TEST(NetlinkReply, IsIncompleteBeforeDone) {
  EXPECT_FALSE(read_all({kData}).complete.value());
  EXPECT_FALSE(read_all({{}}).complete.value());
}

TEST(NetlinkReply, EndsWithAnAcknowledgement) {
  EXPECT_TRUE(read_all({kData, error_message(0)}).complete.value());
}

TEST(NetlinkReply, TurnsTheKernelsRefusalIntoItsErrno) {
  for (const ByteVector& refusal : {error_message(-ENODEV), done_message(-ENODEV)}) {
    const Seen seen = read_all({refusal});
    ASSERT_FALSE(seen.complete);
    EXPECT_EQ(seen.complete.error().sys_errno, ENODEV);
    EXPECT_EQ(seen.complete.error().code, Errc::kNotFound);
  }
}

TEST(NetlinkReply, NoticesInterruptionOnAnyHeader) {
  const ByteVector interrupted = generic_message(Attrs(), {.flags = kInterrupted});
  EXPECT_TRUE(read_all({interrupted, done_message(0)}).interrupted);
  EXPECT_TRUE(read_all({datagram({kData, interrupted, kData}), done_message(0)}).interrupted);
  EXPECT_TRUE(read_all({kData, done_message(0, kInterrupted)}).interrupted);
}

TEST(NetlinkReply, SkipsOtherRequestsAndEmptyMessages) {
  const ByteVector foreign = generic_message(Attrs(), {.flags = kInterrupted, .sequence = 2});
  const ByteVector empty = test::message({.type = NLMSG_NOOP}, {});
  const Seen seen = read_all({datagram({foreign, done_message(0, NLM_F_MULTI, 2), empty, kData}),
                              error_message(-EPERM, 2), done_message(0)});
  EXPECT_TRUE(seen.complete.value());
  EXPECT_EQ(seen.messages, 1);
  EXPECT_FALSE(seen.interrupted);
}

TEST(NetlinkReply, RefusesCutAndImpossibleMessages) {
  const ByteVector whole = datagram({kData, done_message(0)});
  for (std::size_t length = 1; length < whole.size(); ++length) {
    if (length == kData.size()) continue;  // a whole message, the answer goes on
    const ByteVector cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    const Seen seen = read_all({cut});
    ASSERT_FALSE(seen.complete) << length;
    EXPECT_EQ(seen.complete.error().code, Errc::kCorrupt);
  }
  EXPECT_FALSE(read_all({test::message({.type = NLMSG_DONE}, {})}).complete);
  EXPECT_FALSE(read_all({done_message(1)}).complete);
  EXPECT_FALSE(read_all({done_message(INT32_MIN)}).complete);
  EXPECT_FALSE(read_all({test::message({.type = NLMSG_OVERRUN}, {})}).complete);
}

TEST(NetlinkReply, StopsWhenTheHandlerFails) {
  NetlinkReply reply(1);
  int calls = 0;
  const auto result = reply.read(datagram({kData, kData}), [&](Bytes) -> Result<void> {
    ++calls;
    return make_error(Errc::kCorrupt, "bad");
  });
  EXPECT_EQ(result.error().text, "bad");
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace wgt::wg
