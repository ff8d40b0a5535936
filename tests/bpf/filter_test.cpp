// SPDX-License-Identifier: GPL-2.0-only
// The filter that runs in the kernel says what libpcap's own interpreter says, of every packet.
#include <gtest/gtest.h>
#include <pcap/pcap.h>

#include <array>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/bpf/shim/logic.h"

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t kPackets = 20'000;  // ten times as slow
#else
constexpr std::size_t kPackets = 100'000;
#endif

// One of our addresses, ports and protocols, so that filters that name them take some packets.
class Packets {
 public:
  std::vector<std::uint8_t> next() {
    bytes_.clear();
    one_in(3) ? ipv6() : ipv4();
    // What is not linear can't be read; and what was cut is no header.
    if (one_in(20)) bytes_.resize(random() % (bytes_.size() + 1));
    return bytes_;
  }

 private:
  bool one_in(unsigned n) { return random() % n == 0; }
  void put8(std::uint32_t v) { bytes_.push_back(static_cast<std::uint8_t>(v)); }
  void put16(std::uint32_t v) { put8(v >> 8U), put8(v); }
  void put32(std::uint32_t v) { put16(v >> 16U), put16(v); }
  std::uint32_t of(std::initializer_list<std::uint32_t> all) {
    return *(all.begin() + random() % all.size());
  }
  std::uint32_t protocol() { return of({1, 6, 6, 17, 17, 58, 47, 132, 50, 0}); }

  void ipv4() {
    const std::uint32_t options = one_in(5) ? random() % 11 : 0;
    put8(0x40 | (5 + options));
    put8(of({0, 0, 0xb8}));
    put16(of({60, 84, 576, 1400}));
    put16(random());
    put16(of({0, 0, 0x4000, 0x2000, 0x2001, 0x0010}));  // fragments of every kind
    put8(of({64, 63, 1}));
    put8(protocol());
    put16(random());
    put32(0x0a000000 + of({1, 2, 7, 0x10101}));
    put32(of({0x0a000002, 0x0a000001, 0xc0a80709, 0xe0000001}));
    for (std::uint32_t i = 0; i < options; i++) put32(0x01010101);
    transport();
  }

  void ipv6() {
    put32(0x60000000U | of({0, 0x0b800000}));
    put16(of({20, 64, 1280}));
    std::uint32_t next = protocol();
    const bool extended = one_in(4);
    put8(extended ? of({0, 43, 44, 60}) : next);
    put8(of({64, 255}));
    for (const std::uint32_t last : {of({1, 2}), of({2, 1, 0x99})}) {
      put32(0xfd000000), put32(0), put32(0), put32(last);
    }
    for (unsigned i = extended ? 1 + random() % 2 : 0; i != 0; i--) {
      put8(i == 1 ? next : of({60, 44}));
      put8(0), put16(of({0, 0, 0x0008})), put32(random());
    }
    transport();
  }

  void transport() {
    put16(of({53, 443, 40000, 1, 8 << 8, 0}));
    put16(of({443, 53, 22, 77}));
    put32(random()), put32(random());
    put8(of({0x50, 0x80})), put8(random()), put16(random()), put32(random());
    for (std::uint32_t i = random() % 8; i != 0; i--) put32(random());
  }

  std::uint32_t random() { return static_cast<std::uint32_t>(engine_()); }

  std::mt19937 engine_{20261128};
  std::vector<std::uint8_t> bytes_;
};

// Alone, and each with others.
const char* const kWords[] = {
    "tcp",
    "udp",
    "icmp",
    "icmp6",
    "ip",
    "ip6",
    "sctp",
    "esp",
    "ip multicast",
    "host 10.0.0.1",
    "src host 10.0.0.2",
    "dst host 192.168.7.9",
    "net 10.0.0.0/8",
    "src net 10.1.0.0/16",
    "dst net 192.168.0.0/16",
    "ip6 host fd00::1",
    "dst host fd00::99",
    "net fd00::/64",
    "port 53",
    "src port 443",
    "dst port 22",
    "portrange 50-60",
    "tcp port 443",
    "udp dst port 53",
    "udp src portrange 1-1024",
    "greater 500",
    "less 80",
    "len == 84",
    "len > 60 and len < 600",
    "ip proto 47",
    "ip6 proto 58",
    "proto 17",
    "ip[8] < 64",
    "ip[0] & 0xf != 5",
    "ip[6:2] & 0x1fff != 0",
    "ip[6] & 0x20 != 0",
    "ip[2:2] == 1400",
    "ip[1] & 0xfc == 0xb8",
    "ip6[6] == 44",
    "ip6[7] == 255",
    "ip6[4:2] > 64",
    "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
    "tcp[tcpflags] == tcp-ack",
    "tcp[13] & 8 != 0",
    "tcp[((tcp[12] & 0xf0) >> 2):4] != 0",
    "udp[4:2] > 100",
    "icmp[icmptype] == icmp-echo",
    "icmp[0] != 0 and icmp[1] == 0",
    "icmp[4:2] == 77",
    "icmp6[0] == 128",
    "ip[12:4] + 1 = ip[16:4]",
    "ip[12:4] - ip[16:4] < 5",
    "ip[4:2] * 3 > 70000",
    "ip[4:2] / 7 == 11",
    "ip[4:2] % 5 == 1",
    "ip[4:2] ^ 0xffff < 100",
    "(ip[4] << 2) + ip[5] > 512",
    "ip[4:2] | 1 == 0x1235",
    "-ip[4:2] < 0",
    "ip[9] == 17 or ip6[6] == 17",
};

std::set<std::string> expressions() {
  std::set<std::string> all(std::begin(kWords), std::end(kWords));
  const std::size_t words = std::size(kWords);
  for (std::size_t i = 0; all.size() < 200 && i < 20 * words; i++) {
    const std::string a = kWords[i % words];
    const std::string b = kWords[(i * 7 + i / words * 3 + 5) % words];
    constexpr std::array<const char*, 3> kForms = {"(%) and (#)", "(%) or not (#)",
                                                   "not (%) and (#)"};
    std::string text = kForms[i % kForms.size()];
    text.replace(text.find('%'), 1, a);
    text.replace(text.find('#'), 1, b);
    // What can't be asked of both at once, libpcap refuses.
    pcap_t* pcap = pcap_open_dead(DLT_RAW, 65535);
    bpf_program program{};
    if (pcap_compile(pcap, &program, text.c_str(), 1, PCAP_NETMASK_UNKNOWN) == 0) {
      all.insert(text);
      pcap_freecode(&program);
    }
    pcap_close(pcap);
  }
  return all;
}

TEST(FilterInKernel, SaysWhatLibpcapSays) {
  std::vector<std::vector<std::uint8_t>> packets;
  Packets source;
  for (std::size_t i = 0; i < kPackets; i++) packets.push_back(source.next());

  pcap_t* pcap = pcap_open_dead(DLT_RAW, 65535);
  std::size_t in_kernel = 0;
  std::size_t choosy = 0;
  const std::set<std::string> all = expressions();
  for (const std::string& expression : all) {
    bpf_program program{};
    if (pcap_compile(pcap, &program, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
      ADD_FAILURE() << expression << ": " << pcap_geterr(pcap);
      continue;
    }
    wgt_filter filter{};
    if (program.bf_len <= WGT_MAX_FILTER) {
      in_kernel++;
      for (unsigned i = 0; i < program.bf_len; i++) {
        const bpf_insn& in = program.bf_insns[i];
        filter.step[filter.steps++] = {in.code, in.jt, in.jf, in.k};
      }
      std::size_t taken = 0;
      for (std::size_t i = 0; i < packets.size(); i++) {
        const auto& packet = packets[i];
        const auto linear = static_cast<std::uint32_t>(packet.size());
        const std::uint32_t length = linear + static_cast<std::uint32_t>(i % 3) * 500;
        const bool theirs = bpf_filter(program.bf_insns, packet.data(), length, linear) != 0;
        const bool ours = logic_filter(&filter, packet.data(), linear, length) != 0;
        ASSERT_EQ(ours, theirs) << expression << ", packet " << i;
        if (ours) taken++;
      }
      if (taken != 0 && taken != packets.size()) choosy++;
    }
    pcap_freecode(&program);
  }
  pcap_close(pcap);
  EXPECT_GE(all.size(), 200U);
  EXPECT_EQ(in_kernel, all.size());
  EXPECT_GE(choosy, 170U) << "a filter that takes all or nothing proves little";
}

TEST(FilterInKernel, EmptyTakesAll) {
  const wgt_filter none{};
  const std::uint8_t byte = 0x45;
  EXPECT_NE(logic_filter(&none, &byte, 1, 1), 0U);
}

}  // namespace
