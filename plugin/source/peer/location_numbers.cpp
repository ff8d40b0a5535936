// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/location_numbers.h"

#include <sodium.h>

#include <cstring>

namespace wgt::session {

LocationNumbers::LocationNumbers() { randombytes_buf(key_.data(), key_.size()); }

std::uint64_t LocationNumbers::of(std::uint64_t address) const {
  if (address == 0) return 0;
  std::array<std::uint8_t, sizeof address> in{};
  std::memcpy(in.data(), &address, in.size());
  std::array<std::uint8_t, crypto_shorthash_BYTES> out{};
  static_assert(crypto_shorthash_KEYBYTES == sizeof key_);
  crypto_shorthash(out.data(), in.data(), in.size(), key_.data());
  std::uint32_t number = 0;
  std::memcpy(&number, out.data(), sizeof number);
  return number != 0 ? number : 1;
}

}  // namespace wgt::session
