// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/netlink_attr.h"

#include <gtest/gtest.h>

#include "tests/support/netlink_bytes.h"

namespace wgt::wg {
namespace {

using test::Attrs;
using test::ByteVector;

Result<std::vector<std::uint16_t>> types_of(const ByteVector& bytes) {
  std::vector<std::uint16_t> types;
  WGT_TRY_VOID(for_each_attr(bytes, "thing", [&](const NetlinkAttr& attr) -> Result<void> {
    types.push_back(attr.type);
    return {};
  }));
  return types;
}

TEST(NetlinkAttr, ComeInOrderWithoutTheirFlags) {
  Attrs attrs;
  attrs.value(3, std::uint8_t{1}).nest(8, Attrs()).text(2, "wg0");
  EXPECT_EQ(types_of(attrs.bytes()).value(), (std::vector<std::uint16_t>{3, 8, 2}));
  EXPECT_TRUE(types_of({})->empty());
}

TEST(NetlinkAttr, LastOneMayLackItsPadding) {
  ByteVector bytes = Attrs().value(3, std::uint8_t{1}).bytes();
  bytes.resize(5);
  EXPECT_EQ(types_of(bytes)->size(), 1U);
}

TEST(NetlinkAttr, CutHeaderIsCorrupt) {
  ByteVector bytes = Attrs().value(3, std::uint32_t{1}).bytes();
  bytes.resize(3);
  EXPECT_EQ(types_of(bytes).error().code, Errc::kCorrupt);
}

TEST(NetlinkAttr, LengthBeyondTheBytesOrBelowTheHeaderIsCorrupt) {
  for (const int length : {0, 1, 3, 9, 255}) {
    ByteVector bytes = Attrs().value(3, std::uint32_t{1}).bytes();
    bytes[0] = static_cast<std::byte>(length);
    const auto types = types_of(bytes);
    ASSERT_FALSE(types) << length;
    EXPECT_EQ(types.error().code, Errc::kCorrupt);
    EXPECT_EQ(types.error().text.find("thing: attribute 3 has length"), 0U) << types.error().text;
  }
}

TEST(NetlinkAttr, NumbersHaveExactlyTheirSize) {
  const ByteVector bytes = Attrs().value(1, std::uint32_t{0x01020304}).bytes();
  Bytes rest = bytes;
  const NetlinkAttr attr = next_attr(rest, "thing").value();
  EXPECT_EQ(read_number<std::uint32_t>(attr, "X").value(), 0x01020304U);
  EXPECT_EQ(read_number<std::uint16_t>(attr, "X").error().text, "X: 4 bytes instead of 2");
  EXPECT_EQ(read_number<std::uint64_t>(attr, "X").error().code, Errc::kCorrupt);
}

TEST(NetlinkAttr, InterfaceNamesFitTheKernels) {
  const auto read = [](const ByteVector& payload) {
    return read_ifname(NetlinkAttr{2, payload}, "IFNAME");
  };
  const auto payload = [](std::string_view text) {
    ByteVector bytes;
    test::append_raw(bytes, text.data(), text.size());
    return bytes;
  };
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(read(payload("wg0\0"sv)).value(), "wg0");
  EXPECT_EQ(read(payload("fifteen-letters\0"sv)).value(), "fifteen-letters");
  EXPECT_FALSE(read(payload("sixteen--letters\0"sv)));
  EXPECT_FALSE(read(payload("wg0"sv)));
  EXPECT_FALSE(read(payload("\0"sv)));
  EXPECT_FALSE(read({}));
}

}  // namespace
}  // namespace wgt::wg
