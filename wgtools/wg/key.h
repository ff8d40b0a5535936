// SPDX-License-Identifier: GPL-2.0-only
//
// A peer's public key: its identity everywhere in the program. The only base64 code. There is no
// type for private or preshared keys on purpose.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "wgtools/base/result.h"

namespace wgt::wg {

struct PublicKey {
  std::array<std::uint8_t, 32> bytes = {};  // Curve25519, as on the wire; all zero: none

  friend auto operator<=>(const PublicKey&, const PublicKey&) = default;
};

bool is_zero(const PublicKey& key);

// The 44 characters that wg prints and configuration files hold.
std::string to_base64(const PublicKey& key);

// Exactly 44 characters of standard base64 with padding. Errors: kInvalid.
Result<PublicKey> parse_public_key(std::string_view text);

// For one-line output: the first 8 characters of the base64 text and an ellipsis (UTF-8).
std::string short_form(const PublicKey& key);

}  // namespace wgt::wg

template <>
struct std::hash<wgt::wg::PublicKey> {
  std::size_t operator()(const wgt::wg::PublicKey& key) const noexcept;
};
