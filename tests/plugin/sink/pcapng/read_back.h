// SPDX-License-Identifier: GPL-2.0-only
// A pcapng file of ours read again, strictly: whoever reads it must find every length right.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace wgt::test {

using Options = std::map<std::uint16_t, std::string>;

struct Captured {
  std::uint32_t interface = 0;
  std::int64_t wall_ns = 0;
  std::string bytes;
  std::uint32_t length = 0;
  Options options;

  std::string comment() const { return options.contains(1) ? options.at(1) : ""; }
  unsigned direction() const { return static_cast<unsigned char>(options.at(2)[0]); }
};

struct Capture {
  Options section;
  std::vector<Options> interfaces;
  std::vector<Captured> packets;
  std::vector<Options> statistics;

  std::string place(std::size_t packet) const {
    return interfaces.at(packets.at(packet).interface).at(2);
  }
  std::vector<std::string> places() const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < packets.size(); i++) all.push_back(place(i));
    return all;
  }
};

template <class Number>
Number number_at(std::string_view bytes, std::size_t at) {
  Number number = 0;
  EXPECT_LE(at + sizeof number, bytes.size());
  std::memcpy(&number, bytes.substr(at).data(), sizeof number);  // tests run on little endian
  return number;
}

inline std::size_t padded(std::size_t length) { return (length + 3) / 4 * 4; }

inline Options options_of(std::string_view bytes) {
  Options options;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const auto code = number_at<std::uint16_t>(bytes, at);
    const auto length = number_at<std::uint16_t>(bytes, at + 2);
    at += 4;
    if (code == 0) break;
    EXPECT_FALSE(options.contains(code)) << "option " << code << " twice";
    options[code] = bytes.substr(at, length);
    at += padded(length);
  }
  EXPECT_EQ(at, bytes.size());
  return options;
}

inline Capture read_back(std::string_view file) {
  Capture capture;
  for (std::size_t at = 0; at < file.size();) {
    const auto type = number_at<std::uint32_t>(file, at);
    const auto length = number_at<std::uint32_t>(file, at + 4);
    if (length < 12 || length % 4 != 0 || at + length > file.size()) {
      ADD_FAILURE() << "a block of " << length << " bytes at " << at;
      break;
    }
    EXPECT_EQ(number_at<std::uint32_t>(file, at + length - 4), length);
    const std::string_view body = file.substr(at + 8, length - 12);
    at += length;
    if (type == 0x0a0d0d0a) {
      EXPECT_EQ(number_at<std::uint32_t>(body, 0), 0x1a2b3c4dU);
      capture.section = options_of(body.substr(16));
    } else if (type == 1) {
      EXPECT_EQ(number_at<std::uint16_t>(body, 0), 1) << "not Ethernet";
      EXPECT_EQ(number_at<std::uint32_t>(body, 4), 0U) << "not of any length";
      capture.interfaces.push_back(options_of(body.substr(8)));
    } else if (type == 5) {
      capture.statistics.push_back(options_of(body.substr(12)));
    } else {
      EXPECT_EQ(type, 6U);
      Captured packet;
      packet.interface = number_at<std::uint32_t>(body, 0);
      EXPECT_LT(packet.interface, capture.interfaces.size());
      packet.wall_ns =
          static_cast<std::int64_t>(std::uint64_t{number_at<std::uint32_t>(body, 4)} << 32U |
                                    number_at<std::uint32_t>(body, 8));
      const auto kept = number_at<std::uint32_t>(body, 12);
      packet.length = number_at<std::uint32_t>(body, 16);
      EXPECT_LE(kept, packet.length);
      packet.bytes = body.substr(20, kept);
      packet.options = options_of(body.substr(20 + padded(kept)));
      capture.packets.push_back(std::move(packet));
    }
  }
  return capture;
}

}  // namespace wgt::test
