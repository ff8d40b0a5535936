// SPDX-License-Identifier: GPL-2.0-only
//
// Builds the kernel's netlink answers byte by byte, right or deliberately wrong.
#pragma once

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace wgt::test {

using ByteVector = std::vector<std::byte>;

inline void append_raw(ByteVector& bytes, const void* data, std::size_t length_bytes) {
  const auto* first = static_cast<const std::byte*>(data);
  bytes.insert(bytes.end(), first, first + length_bytes);
}

inline void pad_to_4(ByteVector& bytes) { bytes.resize((bytes.size() + 3) / 4 * 4); }

// Attributes one after another, each padded as the kernel pads them.
class Attrs {
 public:
  Attrs& raw(std::uint16_t type, std::span<const std::byte> payload) {
    const nlattr header{static_cast<std::uint16_t>(sizeof(nlattr) + payload.size()), type};
    append_raw(bytes_, &header, sizeof(header));
    append_raw(bytes_, payload.data(), payload.size());
    pad_to_4(bytes_);
    return *this;
  }

  // Any value as it lies in memory: numbers, arrays of bytes, struct sockaddr_in.
  template <class T>
  Attrs& value(std::uint16_t type, const T& value) {
    return raw(type, std::as_bytes(std::span(&value, 1)));
  }

  Attrs& text(std::uint16_t type, std::string_view text) {
    ByteVector payload;
    append_raw(payload, text.data(), text.size());
    payload.push_back(std::byte{0});
    return raw(type, payload);
  }

  Attrs& nest(std::uint16_t type, const Attrs& inner) {
    return raw(static_cast<std::uint16_t>(type | NLA_F_NESTED), inner.bytes_);
  }

  const ByteVector& bytes() const { return bytes_; }

 private:
  ByteVector bytes_;
};

struct MessageOptions {
  std::uint16_t type = NLMSG_MIN_TYPE;
  std::uint16_t flags = NLM_F_MULTI;
  std::uint32_t sequence = 1;
};

inline ByteVector message(const MessageOptions& options, std::span<const std::byte> payload) {
  const nlmsghdr header{static_cast<std::uint32_t>(sizeof(nlmsghdr) + payload.size()), options.type,
                        options.flags, options.sequence, 0};
  ByteVector bytes;
  append_raw(bytes, &header, sizeof(header));
  append_raw(bytes, payload.data(), payload.size());
  return bytes;
}

inline ByteVector generic_message(const Attrs& attrs, const MessageOptions& options = {}) {
  const genlmsghdr header{.cmd = 0, .version = 1, .reserved = 0};
  ByteVector payload;
  append_raw(payload, &header, sizeof(header));
  append_raw(payload, attrs.bytes().data(), attrs.bytes().size());
  return message(options, payload);
}

// NLMSG_DONE; `result`: 0 or a negative errno.
inline ByteVector done_message(std::int32_t result, std::uint16_t flags = NLM_F_MULTI,
                               std::uint32_t sequence = 1) {
  return message({NLMSG_DONE, flags, sequence}, std::as_bytes(std::span(&result, 1)));
}

inline ByteVector error_message(std::int32_t result, std::uint32_t sequence = 1) {
  nlmsgerr body{};
  body.error = result;
  return message({NLMSG_ERROR, 0, sequence}, std::as_bytes(std::span(&body, 1)));
}

// Several messages in one datagram.
inline ByteVector datagram(std::initializer_list<ByteVector> messages) {
  ByteVector bytes;
  for (const ByteVector& one : messages) {
    append_raw(bytes, one.data(), one.size());
    pad_to_4(bytes);
  }
  return bytes;
}

}  // namespace wgt::test
