// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/handshake.h"

#include <gtest/gtest.h>

#include "plugin/source/peer/psk.h"

namespace wgt::session {
namespace {

// Key pairs do not copy: the same secret once more.
KeyPair again(const KeyPair& pair) {
  wg::SecretKey secret;
  std::copy(pair.secret.bytes().begin(), pair.secret.bytes().end(), secret.data());
  return key_pair(std::move(secret));
}

struct Handshake : ::testing::Test {
  KeyPair watcher = random_key_pair();
  KeyPair listener = random_key_pair();
  ByteVector bytes;

  Opening open(const wg::PublicKey& to) {
    return Opening::write(again(watcher), random_key_pair(), to, bytes).value();
  }
};

TEST_F(Handshake, BothEndsAgree) {
  Opening opening = open(listener.pub);
  ASSERT_EQ(bytes.size(), kOpeningBytes);
  EXPECT_TRUE(is_for(bytes, listener.pub));
  Result<Answer> answer = answer_opening(bytes, listener, random_key_pair());
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(answer->established.remote, watcher.pub);
  ASSERT_EQ(answer->bytes.size(), kAnswerBytes);
  Result<Established> here = opening.read_answer(answer->bytes);
  ASSERT_TRUE(here) << here.error().text;
  EXPECT_EQ(here->hash, answer->established.hash);
  EXPECT_EQ(here->version, kVersion);

  ByteVector message;
  here->transport.seal(ByteVector{7}, message);
  bool came = false;
  ASSERT_TRUE(answer->established.transport.open(message, [&](Bytes frame) -> Result<void> {
    came = frame.size() == 1 && frame[0] == 7;
    return {};
  }));
  EXPECT_TRUE(came);
}

TEST_F(Handshake, AnOpeningForAnotherKeyIsSeenByItsMac) {
  open(random_key_pair().pub);
  EXPECT_FALSE(is_for(bytes, listener.pub));
  EXPECT_FALSE(answer_opening(bytes, listener, random_key_pair()));
}

TEST_F(Handshake, EveryBitOfTheOpeningCounts) {
  open(listener.pub);
  for (std::size_t bit = 0; bit < bytes.size() * 8; bit++) {
    ByteVector altered = bytes;
    altered[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    EXPECT_FALSE(is_for(altered, listener.pub)) << "bit " << bit;
    // X25519 ignores the highest bit of a point; the hash of it does not.
    if (bit / 8 < kOpeningBytes - kMacBytes) {
      EXPECT_FALSE(answer_opening(altered, listener, random_key_pair())) << "bit " << bit;
    }
  }
}

TEST_F(Handshake, EveryBitOfTheAnswerCounts) {
  for (std::size_t bit = 0; bit < kAnswerBytes * 8; bit++) {
    bytes.clear();
    Opening opening = open(listener.pub);
    ByteVector answer = answer_opening(bytes, listener, random_key_pair()).value().bytes;
    answer[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    EXPECT_FALSE(opening.read_answer(answer)) << "bit " << bit;
  }
}

TEST_F(Handshake, AnAnswerToAnotherOpeningIsRefused) {
  open(listener.pub);
  const ByteVector recorded = answer_opening(bytes, listener, random_key_pair()).value().bytes;
  bytes.clear();
  Opening later = open(listener.pub);
  EXPECT_FALSE(later.read_answer(recorded));
}

TEST_F(Handshake, ARepeatedOpeningShowsItself) {
  open(listener.pub);
  const auto first = answer_opening(bytes, listener, random_key_pair()).value().ephemeral;
  EXPECT_EQ(answer_opening(bytes, listener, random_key_pair()).value().ephemeral, first);
}

TEST_F(Handshake, OnlyOtherVersionsAreAnErrorOfTheirOwn) {
  open(listener.pub);
  bytes[0] = 2;
  bytes[1] = 9;
  EXPECT_EQ(answer_opening(bytes, listener, random_key_pair()).error().code, Errc::kVersion);
}

TEST(Psk, TellsWhoHoldsNone) {
  const Hash hash{42};
  wg::SecretKey none;
  wg::SecretKey one;
  wg::SecretKey two;
  one.data()[0] = 1;
  two.data()[0] = 2;
  const auto seen = [&](const wg::SecretKey& theirs, const wg::SecretKey& ours) {
    return compare_psk(prove_psk(theirs, Role::kListener, hash), ours, Role::kListener, hash);
  };
  EXPECT_EQ(seen(none, none), PskMatch::kSame);
  EXPECT_EQ(seen(one, one), PskMatch::kSame);
  EXPECT_EQ(seen(one, two), PskMatch::kDifferent);
  EXPECT_EQ(seen(none, two), PskMatch::kNoneThere);
  EXPECT_EQ(seen(one, none), PskMatch::kNoneHere);
}

TEST(Psk, AProofIsOfOneRoleAndOneSession) {
  wg::SecretKey key;
  key.data()[0] = 1;
  const PskProof proof = prove_psk(key, Role::kWatcher, Hash{1});
  EXPECT_EQ(compare_psk(proof, key, Role::kListener, Hash{1}), PskMatch::kDifferent);
  EXPECT_EQ(compare_psk(proof, key, Role::kWatcher, Hash{2}), PskMatch::kDifferent);
}

}  // namespace
}  // namespace wgt::session
