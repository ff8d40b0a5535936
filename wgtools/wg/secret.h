// SPDX-License-Identifier: GPL-2.0-only
//
// Secret bytes (a private or preshared key, what follows from them) for as long as they are used:
// in locked memory between guard pages, left out of core dumps, wiped when it goes. Moves, never
// copies by itself, never prints.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace wgt::wg {

// sodium_malloc(), zeroed; throws std::bad_alloc, as any container would.
std::uint8_t* allocate_secret(std::size_t bytes);
struct SecretWiper {
  void operator()(std::uint8_t* bytes) const;
};

template <std::size_t N>
class Secret {
 public:
  static constexpr std::size_t kBytes = N;

  Secret() : bytes_(allocate_secret(N)) {}  // all zero

  // Not of one that was moved from.
  std::span<std::uint8_t, N> bytes() { return std::span<std::uint8_t, N>(bytes_.get(), N); }
  std::span<const std::uint8_t, N> bytes() const {
    return std::span<const std::uint8_t, N>(bytes_.get(), N);
  }
  std::uint8_t* data() { return bytes_.get(); }
  const std::uint8_t* data() const { return bytes_.get(); }

 private:
  std::unique_ptr<std::uint8_t[], SecretWiper> bytes_;
};

using SecretKey = Secret<32>;  // Curve25519 private, or preshared

}  // namespace wgt::wg
