// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/secret.h"

#include <sodium.h>

#include <new>

namespace wgt::wg {

std::uint8_t* allocate_secret(std::size_t bytes) {
  if (sodium_init() < 0) throw std::bad_alloc();
  auto* memory = static_cast<std::uint8_t*>(sodium_malloc(bytes));
  if (memory == nullptr) throw std::bad_alloc();
  sodium_memzero(memory, bytes);
  return memory;
}

void SecretWiper::operator()(std::uint8_t* bytes) const { sodium_free(bytes); }

}  // namespace wgt::wg
