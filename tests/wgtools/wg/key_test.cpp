// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/key.h"

#include <gtest/gtest.h>

#include <unordered_set>

namespace wgt::wg {
namespace {

// `printf … | base64` of the bytes 0, 1, 2, … 31.
constexpr std::string_view kCountingText = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

PublicKey counting_key() {
  PublicKey key;
  for (std::size_t i = 0; i < key.bytes.size(); ++i) key.bytes[i] = static_cast<std::uint8_t>(i);
  return key;
}

TEST(PublicKey, GoesToBase64AndBack) {
  EXPECT_EQ(to_base64(counting_key()), kCountingText);
  EXPECT_EQ(parse_public_key(kCountingText).value(), counting_key());
  EXPECT_EQ(to_base64(PublicKey{}), std::string(43, 'A') + "=");
}

TEST(PublicKey, RefusesOtherText) {
  const std::string good(kCountingText);
  for (const std::string& text :
       {std::string(), good.substr(0, 43), good + "=", good.substr(0, 43) + "A",
        "-" + good.substr(1), " " + good.substr(1), std::string(44, '='),
        // Bits below the last byte must be zero, or two texts would mean one key.
        good.substr(0, 42) + "9="}) {
    const auto key = parse_public_key(text);
    ASSERT_FALSE(key) << text;
    EXPECT_EQ(key.error().code, Errc::kInvalid);
  }
}

TEST(PublicKey, ErrorDoesNotRepeatTheText) {
  const std::string secret = "c2VjcmV0IHByaXZhdGUga2V5IHdpdGggYSB0eXBvLi4";
  EXPECT_EQ(parse_public_key(secret).error().text.find(secret), std::string::npos);
}

TEST(PublicKey, ShortFormIsEightCharactersAndAnEllipsis) {
  EXPECT_EQ(short_form(counting_key()), "AAECAwQF…");
}

TEST(PublicKey, ZeroMeansNone) {
  EXPECT_TRUE(is_zero(PublicKey{}));
  EXPECT_FALSE(is_zero(counting_key()));
}

TEST(PublicKey, IsOrderedAndHashed) {
  PublicKey other = counting_key();
  other.bytes[31] ^= 1;
  EXPECT_LT(PublicKey{}, counting_key());
  EXPECT_LT(other, counting_key());
  const std::unordered_set<PublicKey> keys{counting_key(), counting_key(), other};
  EXPECT_EQ(keys.size(), 2U);
}

}  // namespace
}  // namespace wgt::wg
