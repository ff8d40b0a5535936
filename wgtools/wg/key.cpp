// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/key.h"

#include <sodium.h>

#include <algorithm>

namespace wgt::wg {
namespace {

constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
constexpr std::size_t kTextBytes = 44;
constexpr std::size_t kShortChars = 8;

}  // namespace

bool is_zero(const PublicKey& key) { return key == PublicKey{}; }

std::string to_base64(const PublicKey& key) {
  std::array<char, kTextBytes + 1> text{};
  sodium_bin2base64(text.data(), text.size(), key.bytes.data(), key.bytes.size(), kVariant);
  return text.data();
}

Result<PublicKey> parse_public_key(std::string_view text) {
  PublicKey key;
  std::size_t length_bytes = 0;
  if (text.size() != kTextBytes ||
      sodium_base642bin(key.bytes.data(), key.bytes.size(), text.data(), text.size(), nullptr,
                        &length_bytes, nullptr, kVariant) != 0 ||
      length_bytes != key.bytes.size()) {
    // Not the text itself: somebody may have pasted a private key with a typo.
    return make_error(Errc::kInvalid, "not a public key: 44 characters of base64 are expected");
  }
  return key;
}

std::string short_form(const PublicKey& key) { return to_base64(key).substr(0, kShortChars) + "…"; }

}  // namespace wgt::wg

std::size_t std::hash<wgt::wg::PublicKey>::operator()(
    const wgt::wg::PublicKey& key) const noexcept {
  return std::hash<std::string_view>{}(
      {reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()});
}
