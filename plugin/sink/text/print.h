// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <array>
#include <cstdio>
#include <string>

namespace wgt::sink {

// printf() into a string, for short ones: up to 63 bytes.
template <class... Args>
std::string print(const char* format, Args... args) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, args...);
  return text.data();
}

}  // namespace wgt::sink
