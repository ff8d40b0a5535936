// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/secret_dump.h"

#include <gtest/gtest.h>

#include "tests/wgtools/wg/device_bytes.h"

namespace wgt::wg {
namespace {

PublicKey public_key(std::uint8_t fill) {
  PublicKey key;
  key.bytes.fill(fill);
  return key;
}

std::uint8_t first_byte(const SecretKey& key) { return key.bytes()[0]; }

TEST(SecretDump, FindsThePrivateKey) {
  SecretKey key;
  EXPECT_TRUE(find_private_key(generic_message(device_with({})), key).value());
  EXPECT_EQ(first_byte(key), kPrivate);
}

TEST(SecretDump, AMessageThatGoesOnHasNone) {
  SecretKey key;
  EXPECT_FALSE(
      find_private_key(generic_message(peers_only({continued_peer(1, ten_slash_24(1, 2))})), key)
          .value());
  EXPECT_EQ(first_byte(key), 0);
}

TEST(SecretDump, AZeroKeyIsNoKey) {
  SecretKey key;
  const Attrs attrs = Attrs().value(WGDEVICE_A_PRIVATE_KEY, key_of(0));
  EXPECT_FALSE(find_private_key(generic_message(attrs), key).value());
}

TEST(SecretDump, FindsThePresharedKeyOfThePeerOnly) {
  const Attrs none = Attrs().value(WGPEER_A_PUBLIC_KEY, key_of(1));
  const ByteVector message = generic_message(peers_only({none, whole_peer(2, ten_slash_24(1, 2))}));
  SecretKey key;
  EXPECT_TRUE(find_preshared_key(message, public_key(1), key).value());
  EXPECT_EQ(first_byte(key), 0);
  EXPECT_FALSE(find_preshared_key(message, public_key(3), key).value());
  EXPECT_EQ(first_byte(key), 0);
  EXPECT_TRUE(find_preshared_key(message, public_key(2), key).value());
  EXPECT_EQ(first_byte(key), kPreshared);
}

TEST(SecretDump, WhatGoesOnDoesNotTakeItAway) {
  SecretKey key;
  ASSERT_TRUE(find_preshared_key(generic_message(peers_only({whole_peer(2, ten_slash_24(1, 2))})),
                                 public_key(2), key));
  ASSERT_TRUE(find_preshared_key(
      generic_message(peers_only({continued_peer(2, ten_slash_24(3, 4))})), public_key(2), key));
  EXPECT_EQ(first_byte(key), kPreshared);
}

TEST(SecretDump, AKeyOfAnotherLengthIsRefused) {
  SecretKey key;
  const Attrs attrs = Attrs().value(WGDEVICE_A_PRIVATE_KEY, std::uint64_t{1});
  EXPECT_EQ(find_private_key(generic_message(attrs), key).error().code, Errc::kCorrupt);
}

}  // namespace
}  // namespace wgt::wg
