// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/transport.h"

#include <gtest/gtest.h>

#include <array>

namespace wgt::session {
namespace {

constexpr std::array<std::uint8_t, 32> kKey{1, 2, 3};

// One direction: what was sealed, and the frames that came out of it.
struct Direction {
  Direction() {
    from.sending().key(kKey.data());
    to.receiving().key(kKey.data());
  }
  ByteVector seal(const ByteVector& frame) {
    ByteVector message;
    from.seal(frame, message);
    return message;
  }
  bool open(Bytes bytes) {
    return to
        .open(bytes,
              [this](Bytes frame) -> Result<void> {
                frames.emplace_back(frame.begin(), frame.end());
                return {};
              })
        .has_value();
  }
  Transport from;
  Transport to;
  std::vector<ByteVector> frames;
};

TEST(Transport, FramesComeOutHoweverTheBytesAreCut) {
  Direction line;
  ByteVector bytes;
  for (std::uint8_t i = 1; i < 20; i++) {
    const ByteVector message = line.seal(ByteVector(i, i));
    bytes.insert(bytes.end(), message.begin(), message.end());
  }
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t piece = std::min<std::size_t>(at % 7 + 1, bytes.size() - at);
    ASSERT_TRUE(line.open(Bytes(bytes).subspan(at, piece)));
    at += piece;
  }
  ASSERT_EQ(line.frames.size(), 19u);
  for (std::uint8_t i = 1; i < 20; i++) EXPECT_EQ(line.frames[i - 1u], ByteVector(i, i));
}

TEST(Transport, TheLargestFrameFits) {
  Direction line;
  const ByteVector frame(kMaxFrameBytes, 9);
  ASSERT_TRUE(line.open(line.seal(frame)));
  EXPECT_EQ(line.frames.at(0), frame);
}

TEST(Transport, ARepeatedMessageIsRefused) {
  Direction line;
  const ByteVector message = line.seal({1});
  ASSERT_TRUE(line.open(message));
  EXPECT_FALSE(line.open(message));
  EXPECT_EQ(line.frames.size(), 1u);
}

TEST(Transport, AMessageThatWasMovedIsRefused) {
  Direction line;
  const ByteVector first = line.seal({1});
  const ByteVector second = line.seal({2});
  EXPECT_FALSE(line.open(second));
  EXPECT_TRUE(line.frames.empty());
}

TEST(Transport, EveryBitCounts) {
  const std::size_t length = Direction().seal({1, 2, 3}).size();
  for (std::size_t bit = 0; bit < length * 8; bit++) {
    Direction line;
    ByteVector message = line.seal({1, 2, 3});
    message[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    // Another length waits for more, or is too short; nothing comes out either way.
    (void)line.open(message);
    EXPECT_TRUE(line.frames.empty()) << "bit " << bit;
  }
}

TEST(Transport, ACutMessageNeverComesOut) {
  Direction line;
  const ByteVector message = line.seal({1, 2, 3});
  EXPECT_TRUE(line.open(Bytes(message).first(message.size() - 1)));
  EXPECT_TRUE(line.frames.empty());
}

TEST(Transport, GoesOnThroughManyRekeys) {
  Direction line;
  CipherState old;
  old.key(kKey.data());
  ByteVector last;
  for (std::uint64_t i = 0; i < 3 * kMessagesPerKey + 5; i++) {
    last = line.seal({static_cast<std::uint8_t>(i)});
    ASSERT_TRUE(line.open(last)) << i;
    ByteVector text;
    const bool opens = old.decrypt({}, Bytes(last).subspan(2), text);
    ASSERT_EQ(opens, i < kMessagesPerKey) << i;
  }
  EXPECT_EQ(line.frames.size(), 3 * kMessagesPerKey + 5);
}

}  // namespace
}  // namespace wgt::session
