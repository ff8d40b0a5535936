// SPDX-License-Identifier: GPL-2.0-only
// Logic of the BPF headers on this machine (shim/host.h): headers of packets, the table of packets
// in flight, padding, latency. Thousands of cases from fixed seeds, against what made them.
#include "tests/bpf/shim/logic.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace {

using Bytes = std::vector<unsigned char>;

constexpr unsigned char kHopByHop = 0, kTcp = 6, kUdp = 17, kRouting = 43, kFragment = 44,
                        kIcmpV6 = 58, kNone = 59, kDestination = 60;

// packet.bpf.h, HEADER_BYTES: no more of a packet is looked at for its headers' chain.
constexpr std::size_t kCopied = 64;

// From now on these bytes are all that the kernel has.
void let_be_memory(const Bytes& bytes) {
  shim_memory = bytes.data();
  shim_memory_bytes = bytes.size();
}

wgt_tuple tuple_of(const Bytes& packet) {
  let_be_memory(packet);
  wgt_tuple tuple;
  logic_read_tuple(&tuple, packet.data(), packet.size());
  return tuple;
}

std::uint16_t host(__be16 port) {
  return static_cast<std::uint16_t>((port & 0xff) << 8 | (port >> 8 & 0xff));
}

void append16(Bytes& to, unsigned value) {
  to.push_back(static_cast<unsigned char>(value >> 8));
  to.push_back(static_cast<unsigned char>(value));
}

// What a packet was made of, and what therefore has to be read.
struct Made {
  Bytes packet;
  unsigned char version = 0, proto = 0, ttl = 0, tos = 0, flags = 0;
  bool has_transport = true;  // a later fragment and an unknown chain have none
  std::uint16_t src_port = 0, dst_port = 0;
  std::uint32_t seq = 0;
  Bytes src, dst;
};

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }

  Made packet() { return below(2) != 0 ? v4() : v6(); }

 private:
  unsigned char byte() { return static_cast<unsigned char>(below(256)); }
  Bytes bytes(std::size_t n) {
    Bytes some(n);
    for (unsigned char& b : some) b = byte();
    return some;
  }
  static void add(Bytes& to, const Bytes& more) { to.insert(to.end(), more.begin(), more.end()); }

  // 20 bytes and some payload: more than any hook looks at.
  void transport(Made& made) {
    Bytes l4 = bytes(20 + below(40));
    if (made.has_transport && (made.proto == kTcp || made.proto == kUdp)) {
      made.src_port = static_cast<std::uint16_t>(l4[0] << 8 | l4[1]);
      made.dst_port = static_cast<std::uint16_t>(l4[2] << 8 | l4[3]);
      if (made.proto == kTcp) {
        made.seq = static_cast<std::uint32_t>(l4[4]) << 24 |
                   static_cast<std::uint32_t>(l4[5]) << 16 |
                   static_cast<std::uint32_t>(l4[6]) << 8 | l4[7];
        made.flags = l4[13];
      }
    }
    add(made.packet, l4);
  }

  Made v4() {
    Made made;
    const unsigned words = below(3) != 0 ? 5 : 5 + below(11);
    const bool later_fragment = below(8) == 0;
    made.version = 4;
    made.proto = below(2) != 0 ? kTcp : kUdp;
    made.ttl = byte();
    made.tos = byte();
    made.src = bytes(4);
    made.dst = bytes(4);
    made.has_transport = !later_fragment;
    made.packet = {static_cast<unsigned char>(4 << 4 | words), made.tos};
    append16(made.packet, 0);  // length, not looked at by what reads on
    append16(made.packet, 0);
    // Don't-fragment and more-fragments say nothing about the place.
    append16(made.packet, (below(4) << 13) | (later_fragment ? 1 + below(0x1fff) : 0));
    add(made.packet, {made.ttl, made.proto, byte(), byte()});
    add(made.packet, made.src);
    add(made.packet, made.dst);
    add(made.packet, bytes((words - 5) * 4));
    transport(made);
    return made;
  }

  Made v6() {
    Made made;
    const unsigned headers = below(3) != 0 ? below(3) : below(7);
    made.version = 6;
    made.ttl = byte();
    made.tos = byte();
    made.src = bytes(16);
    made.dst = bytes(16);
    made.proto = below(2) != 0 ? kTcp : kUdp;
    std::vector<unsigned char> chain;
    for (unsigned i = 0; i < headers; i++) {
      constexpr std::array kinds = {kHopByHop, kRouting, kFragment, kDestination};
      chain.push_back(kinds[below(kinds.size())]);
    }
    chain.push_back(made.proto);
    made.packet = {static_cast<unsigned char>(6 << 4 | made.tos >> 4),
                   static_cast<unsigned char>((made.tos & 15U) << 4U | below(16)), byte(), byte()};
    append16(made.packet, 0);
    add(made.packet, {chain[0], made.ttl});
    add(made.packet, made.src);
    add(made.packet, made.dst);
    std::size_t followed = 0;
    bool known = true;
    for (unsigned i = 0; i < headers; i++) {
      const std::size_t at = made.packet.size();
      const bool later_fragment = extension(made, chain[i], chain[i + 1]);
      // Four of them, and only as far as headers are copied; behind a later fragment's own is data.
      if (i < 4 && (at + 8 > kCopied || later_fragment)) known = false;
      if (i < 4 && known) followed = i + 1;
    }
    made.proto = known ? chain[followed] : chain[0];
    made.has_transport = known && followed == headers;
    transport(made);
    return made;
  }

  // True: of a fragment that is not the first.
  bool extension(Made& made, unsigned char kind, unsigned char next) {
    if (kind == kFragment) {
      const bool later = below(4) == 0;
      add(made.packet, {next, byte()});
      append16(made.packet, (later ? 1 + below(0x1fff) : 0) << 3 | below(8));
      add(made.packet, bytes(4));
      return later;
    }
    const unsigned eights = below(4) != 0 ? 0 : below(4);
    add(made.packet, {next, static_cast<unsigned char>(eights)});
    add(made.packet, bytes(6 + eights * 8));
    return false;
  }

  std::mt19937 random_;
};

TEST(BpfTuple, IsWhatThePacketWasMadeOf) {
  Maker maker(20260101);
  unsigned with_ports = 0, without = 0;
  for (int i = 0; i < 20000; i++) {
    const Made made = maker.packet();
    const wgt_tuple t = tuple_of(made.packet);
    ASSERT_EQ(t.version, made.version) << i;
    ASSERT_EQ(t.proto, made.proto) << i;
    ASSERT_EQ(t.ttl, made.ttl) << i;
    ASSERT_EQ(t.tos, made.tos) << i;
    ASSERT_EQ(Bytes(t.src, t.src + made.src.size()), made.src) << i;
    ASSERT_EQ(Bytes(t.dst, t.dst + made.dst.size()), made.dst) << i;
    ASSERT_EQ(host(t.src_port), made.src_port) << i;
    ASSERT_EQ(host(t.dst_port), made.dst_port) << i;
    ASSERT_EQ(t.seq, made.seq) << i;
    ASSERT_EQ(t.tcp_flags, made.flags) << i;
    (made.has_transport ? with_ports : without)++;
  }
  EXPECT_GT(with_ports, 10000u);
  EXPECT_GT(without, 1000u);
}

// A tunnel's data message in a tunnel, and what looks nearly like one.
TEST(BpfTuple, AMessageInATunnelIsKnownByItsNumber) {
  for (const bool v6 : {false, true}) {
    Bytes packet(v6 ? 40 : 20, 0);
    packet[0] = v6 ? 0x60 : 0x45;
    packet[v6 ? 6 : 9] = 17;
    const unsigned char rest[] = {0xca, 0x6c, 0xca, 0x6d, 0, 0, 0, 0,  // UDP
                                  4,    0,    0,    0,                 // MESSAGE_DATA
                                  1,    2,    3,    4,                 // receiver index
                                  0x2a, 1,    0,    0,    7, 0, 0, 0};
    packet.insert(packet.end(), std::begin(rest), std::end(rest));
    const auto inner = [](const Bytes& bytes) {
      let_be_memory(bytes);
      wgt_tuple t;
      logic_read_inner(&t, bytes.data(), bytes.size());
      return t;
    };
    EXPECT_EQ(inner(packet).tcp_flags, WGT_CARRIES_MESSAGE) << v6;
    EXPECT_EQ(inner(packet).seq, 0x12au) << v6;
    EXPECT_EQ(tuple_of(packet).tcp_flags, 0) << "of outer packets that is known";
    Bytes other = packet;
    other[v6 ? 6 : 9] = 6;
    EXPECT_NE(inner(other).tcp_flags, WGT_CARRIES_MESSAGE) << "TCP";
    other = packet;
    other[packet.size() - 16] = 1;
    EXPECT_EQ(inner(other).tcp_flags, 0) << "a handshake";
    other = packet;
    other[packet.size() - 15] = 1;
    EXPECT_EQ(inner(other).tcp_flags, 0) << "reserved bytes";
    const Bytes cut(packet.begin(), packet.end() - 16);
    EXPECT_EQ(inner(cut).tcp_flags, 0) << "nothing but headers";
  }
}

// Cut anywhere: what is told is either what the whole packet says, or nothing.
TEST(BpfTuple, OfACutPacketTellsNothingWrong) {
  Maker maker(20260102);
  for (int i = 0; i < 2000; i++) {
    const Made made = maker.packet();
    const wgt_tuple whole = tuple_of(made.packet);
    const std::size_t header = made.version == 4 ? 20 : 40;
    for (std::size_t n = 0; n < made.packet.size(); n++) {
      const Bytes cut(made.packet.begin(), made.packet.begin() + static_cast<std::ptrdiff_t>(n));
      const wgt_tuple t = tuple_of(cut);
      if (n < header) {
        ASSERT_EQ(t.version, 0) << i << " cut at " << n;
        continue;
      }
      ASSERT_EQ(t.version, whole.version) << i << " cut at " << n;
      ASSERT_EQ(std::memcmp(t.src, whole.src, sizeof t.src), 0) << i << " cut at " << n;
      ASSERT_TRUE(t.src_port == whole.src_port || t.src_port == 0) << i << " cut at " << n;
      ASSERT_TRUE(t.dst_port == whole.dst_port || t.dst_port == 0) << i << " cut at " << n;
    }
  }
}

TEST(BpfTuple, AnyBytesAreReadWithinBounds) {
  std::mt19937 random(20260103);
  for (int i = 0; i < 20000; i++) {
    Bytes noise(random() % 120);
    for (unsigned char& b : noise) b = static_cast<unsigned char>(random());
    if (!noise.empty() && random() % 4 != 0)
      noise[0] = static_cast<unsigned char>((random() % 2 != 0 ? 0x40 : 0x60) | (noise[0] & 15));
    const wgt_tuple t = tuple_of(noise);
    ASSERT_TRUE(t.version == 0 || t.version == 4 || t.version == 6);
    ASSERT_EQ(t.version != 0, !noise.empty() && ((noise[0] >> 4 == 4 && noise.size() >= 20) ||
                                                 (noise[0] >> 4 == 6 && noise.size() >= 40)));
  }
}

TEST(BpfTuple, OfAPingHasItsTypeIdentifierAndNumber) {
  const Bytes ping = {0x45, 0, 0,  84, 0x12, 0x34, 0x40, 0, 64, 1, 0,    0,    10, 0,
                      0,    1, 10, 0,  0,    2,    8,    0, 0,  0, 0xab, 0xcd, 0,  7};
  const wgt_tuple t = tuple_of(ping);
  EXPECT_EQ(t.len, 84u);
  EXPECT_EQ(host(t.src_port), 8 << 8);
  EXPECT_EQ(host(t.dst_port), 0xabcd);
  EXPECT_EQ(t.id, 7);
}

TEST(BpfExtensions, EndWhereTheTransportHeaderBegins) {
  Bytes packet(40, 0);
  const auto skip = [&](unsigned char first) {
    let_be_memory(packet);
    unsigned char proto = first;
    const __u32 offset =
        logic_skip_ipv6_extensions(packet.data(), static_cast<__u32>(packet.size()), &proto);
    return std::pair<unsigned, unsigned>(offset, proto);
  };
  EXPECT_EQ(skip(kIcmpV6), std::pair(40u, 58u));
  EXPECT_EQ(skip(kNone), std::pair(40u, 59u));
  EXPECT_EQ(skip(kHopByHop).first, 0u) << "a header that is not there";
  packet.insert(packet.end(), {kRouting, 1});
  packet.resize(56, 0);
  packet.insert(packet.end(), {kUdp, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_EQ(skip(kHopByHop), std::pair(64u, 17u));
  packet[56] = kFragment;  // more fragments follow: the first one
  packet.insert(packet.end(), {kTcp, 0, 0, 1, 0, 0, 0, 0});
  EXPECT_EQ(skip(kHopByHop), std::pair(72u, 6u));
  packet[66] = 1;  // a later one
  EXPECT_EQ(skip(kHopByHop).first, 0u);
}

TEST(BpfDataHeader, IsOnlyOneOfADataMessage) {
  Bytes message = {4, 0, 0, 0, 0x78, 0x56, 0x34, 0x12, 9, 0, 0, 0, 0, 0, 0, 1};
  let_be_memory(message);
  __u32 index = 0;
  __u64 counter = 0;
  ASSERT_EQ(logic_is_data(message.data(), message.size(), &index, &counter), 1);
  EXPECT_EQ(index, 0x12345678u);
  EXPECT_EQ(counter, 0x0100000000000009u);
  EXPECT_EQ(logic_is_data(message.data(), 15, &index, &counter), 0);
  for (unsigned type = 0; type < 256; type++) {
    message[0] = static_cast<unsigned char>(type);
    EXPECT_EQ(logic_is_data(message.data(), message.size(), &index, &counter), type == 4) << type;
  }
}

// drivers/net/wireguard/send.c: to 16 bytes, but never beyond the MTU; of what is longer than that,
// a super-packet, the last piece.
TEST(BpfPadding, IsWireGuards) {
  std::mt19937 random(20260104);
  for (int i = 0; i < 50000; i++) {
    const __u32 mtu = i % 10 == 0 ? 0 : 68 + static_cast<__u32>(random() % 9000);
    const __u32 len = static_cast<__u32>(random() % (i % 3 == 0 ? 65536 : 1500));
    const __u32 got = logic_padded(len, mtu);
    __u32 last = len, expected = len;
    if (mtu != 0)
      while (last > mtu) last -= mtu;
    // a piece of exactly the MTU: the kernel's remainder is 0 where this has mtu
    if (mtu != 0 && len > mtu && last == mtu) last = 0;
    for (__u32 pad = 0; (last + pad) % 16 != 0 && (mtu == 0 || last + pad < mtu); pad++) expected++;
    ASSERT_EQ(got, expected) << len << " with MTU " << mtu;
  }
  EXPECT_EQ(logic_padded(0, 1420), 0u) << "a keepalive";
  EXPECT_EQ(logic_padded(1420, 1420), 1420u) << "1424 would not fit";
  EXPECT_EQ(logic_padded(84, 1420), 96u);
}

TEST(BpfLatency, BucketsAreByPowersOfTwoFrom256Nanoseconds) {
  const auto expected = [](std::uint64_t ns) {
    const int log = ns == 0 ? 0 : static_cast<int>(std::bit_width(ns)) - 1;
    return std::min(std::max(log - 8, 0), WGT_LATENCY_BUCKETS - 1);
  };
  for (int bit = 0; bit < 64; bit++) {
    const std::uint64_t edge = std::uint64_t{1} << bit;
    for (const std::uint64_t ns : {edge - 1, edge, edge + 1})
      EXPECT_EQ(logic_latency_bucket(ns), expected(ns)) << ns;
  }
  EXPECT_EQ(logic_latency_bucket(~std::uint64_t{0}), WGT_LATENCY_BUCKETS - 1);
  std::mt19937_64 random(20260105);
  for (int i = 0; i < 50000; i++) {
    const std::uint64_t ns = random() >> (random() % 64);
    ASSERT_EQ(logic_latency_bucket(ns), expected(ns)) << ns;
  }
}

TEST(BpfTotals, ASlotBelongsToThePeerThatCameFirst) {
  logic_clear();
  EXPECT_TRUE(logic_has_totals(5));
  EXPECT_FALSE(logic_has_totals(5 + WGT_PEER_SLOTS));
  EXPECT_TRUE(logic_has_totals(5));
  EXPECT_TRUE(logic_has_totals(6 + WGT_PEER_SLOTS));
  EXPECT_FALSE(logic_has_totals(6));
}

constexpr std::uint64_t kStale = 120'000'000'000;

class BpfFlight : public testing::Test {
 protected:
  void SetUp() override { logic_clear(); }
};

TEST_F(BpfFlight, TheWaysOfAPacketAreDifferentSlots) {
  std::mt19937_64 random(20260106);
  for (int i = 0; i < 50000; i++) {
    const std::uint64_t id = random() & ~std::uint64_t{7};
    std::array<__u32, LOGIC_WAYS> slots{};
    for (int way = 0; way < LOGIC_WAYS; way++) {
      slots[static_cast<std::size_t>(way)] = logic_slot(id, way);
      ASSERT_LT(slots[static_cast<std::size_t>(way)], static_cast<unsigned>(LOGIC_SLOTS));
      for (int before = 0; before < way; before++)
        ASSERT_NE(slots[static_cast<std::size_t>(way)], slots[static_cast<std::size_t>(before)]);
      // the tag of one that was delivered must not lead elsewhere
      ASSERT_EQ(logic_slot(id | 1, way), slots[static_cast<std::size_t>(way)]);
    }
  }
}

// A table that knows only whose slot is whose, beside the real one.
TEST_F(BpfFlight, HoldsEveryPacketThatItTook) {
  std::mt19937_64 random(20260107);
  std::map<std::uint64_t, int> flying;
  std::uint64_t refused = 0;
  for (int i = 0; i < 200000; i++) {
    if (flying.size() > 6000 || (!flying.empty() && random() % 2 == 0)) {
      const auto it = std::next(
          flying.begin(), static_cast<long>(random() % std::min<std::size_t>(flying.size(), 50)));
      ASSERT_EQ(logic_find(it->first), it->second);
      if (random() % 2 == 0) {
        logic_release(it->second);
      } else {
        logic_delivered(it->second);
        ASSERT_EQ(logic_find_delivered(it->first), it->second);
      }
      ASSERT_EQ(logic_find(it->first), -1);
      flying.erase(it);
      continue;
    }
    const std::uint64_t id = 256 * (1 + random() % 1000000);
    if (flying.contains(id)) continue;
    const int slot = logic_claim(id, 1000 + static_cast<std::uint64_t>(i));
    if (slot < 0) {
      refused++;
    } else {
      ASSERT_TRUE(logic_is_blank(slot));
      ASSERT_TRUE(flying.emplace(id, slot).second);
      if (random() % 2 == 0) logic_numbered(slot);
    }
    ASSERT_EQ(logic_table_full(), refused);
  }
  EXPECT_EQ(logic_unfinished(), 0u) << "all of them ended before their slot was taken again";
  std::map<int, std::uint64_t> owners;
  for (const auto& [id, slot] : flying) {
    EXPECT_EQ(logic_find(id), slot);
    EXPECT_TRUE(owners.emplace(slot, id).second) << "two packets in slot " << slot;
  }
}

TEST_F(BpfFlight, AFullSetOfWaysIsCountedAndRefused) {
  // ids with the first way of one and the same slot, found by trying
  std::vector<std::uint64_t> crowd;
  for (std::uint64_t id = 256; crowd.size() < LOGIC_WAYS + 1; id += 256)
    if (logic_slot(id, 0) == 77) crowd.push_back(id);
  for (int i = 0; i < LOGIC_WAYS; i++)
    ASSERT_GE(logic_claim(crowd[static_cast<std::size_t>(i)], 5), 0);
  EXPECT_EQ(logic_claim(crowd.back(), 6), -1);
  EXPECT_EQ(logic_table_full(), 1u);
  // one that ended makes room
  logic_delivered(logic_find(crowd[1]));
  EXPECT_GE(logic_claim(crowd.back(), 7), 0);
  EXPECT_EQ(logic_unfinished(), 0u);
}

TEST_F(BpfFlight, APacketThatEndedUnseenIsCountedWhenItsSlotIsTaken) {
  const std::uint64_t id = 4096;
  // only entered: it may have gone on as a copy
  ASSERT_GE(logic_claim(id, 1), 0);
  const int slot = logic_claim(id, 2);
  ASSERT_GE(slot, 0);
  EXPECT_EQ(logic_unfinished(), 0u);
  logic_numbered(slot);
  EXPECT_EQ(logic_claim(id, 3), slot) << "its pointer came back";
  EXPECT_EQ(logic_unfinished(), 1u);
  EXPECT_TRUE(logic_is_blank(slot));
  // too old, and another packet needs the room
  std::vector<std::uint64_t> others;
  for (std::uint64_t other = 256; others.size() < LOGIC_WAYS; other += 256)
    if (other != id && logic_slot(other, 0) == static_cast<__u32>(slot)) others.push_back(other);
  logic_numbered(slot);
  ASSERT_NE(logic_claim(others[0], 3 + kStale - 1), slot) << "not stale yet";
  EXPECT_EQ(logic_claim(others[1], 3 + kStale), slot);
  EXPECT_EQ(logic_unfinished(), 2u);
  EXPECT_EQ(logic_find(id), -1);
}

}  // namespace
