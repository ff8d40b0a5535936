// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/drop_reason.h"

#include <gtest/gtest.h>

#include <tuple>

namespace wgt::explain {
namespace {

const Facts kFacts = {{"host", "b"},
                      {"dev", "wg0"},
                      {"iface", "wg0"},
                      {"src", "10.0.0.1"},
                      {"src_host_net", "10.0.0.1/32"},
                      {"dst", "192.168.50.2"},
                      {"service", "udp 10.9.0.2:9"},
                      {"to", "198.51.100.1:51821"},
                      {"to_address", "198.51.100.1"},
                      {"to_port", "51821"},
                      {"from", "192.0.2.1"},
                      {"proto", "47"}};

std::string command_of(const DropReason& drop) {
  return drop.advice && drop.advice->command ? *drop.advice->command : "";
}

TEST(ExplainDrop, ForwardingOffIsNotAnAddressError) {
  const auto v4 = explain_drop(VerdictId::INNER_IN, "IP_INADDRERRORS", "ip_error", kFacts);
  EXPECT_TRUE(v4.words.starts_with("IPv4 forwarding is off")) << v4.words;
  EXPECT_EQ(command_of(v4), "sysctl -w net.ipv4.ip_forward=1");
  const auto v6 = explain_drop(VerdictId::INNER_IN, "IP_INADDRERRORS", "ip6_forward", kFacts);
  EXPECT_TRUE(v6.words.starts_with("IPv6 forwarding is off")) << v6.words;
  EXPECT_EQ(command_of(v6), "sysctl -w net.ipv6.conf.all.forwarding=1");
}

TEST(ExplainDrop, FunctionCountsWithoutTheCompilersSuffix) {
  const auto drop = explain_drop(VerdictId::INNER_IN, "IP_INADDRERRORS", "ip_error.cold", kFacts);
  EXPECT_TRUE(drop.words.starts_with("IPv4 forwarding is off")) << drop.words;
}

TEST(ExplainDrop, WithoutAReasonThePlaceSaysIt) {
  Facts facts = kFacts;
  facts["len"] = "1498";
  const std::tuple<VerdictId, const char*, const char*> cases[] = {
      {VerdictId::INNER_IN, "neigh_invalidate", "the next hop does not answer"},
      {VerdictId::INNER_IN, "ndisc_error_report", "the next hop does not answer"},
      {VerdictId::INNER_OUT, "ip_fragment.constprop.0", "larger (1498 bytes) than the MTU"},
      {VerdictId::INNER_IN, "ip_rcv_finish_core.isra.0", "(a martian)"},
      {VerdictId::OUTER_IN, "ip_rcv_finish_core", "(a martian)"},
      {VerdictId::INNER_OUT, "ip_forward", "its TTL was used up"},
      {VerdictId::INNER_IN, "ip_rcv", "the kernel gives no reason"},
  };
  for (const auto& [verdict, function, words] : cases)
    EXPECT_NE(explain_drop(verdict, "NOT_SPECIFIED", function, facts).words.find(words),
              std::string::npos)
        << function;
  EXPECT_EQ(plain_function("ip_fragment.constprop.0"), "ip_fragment");
  EXPECT_EQ(plain_function("ip_rcv"), "ip_rcv");
}

TEST(ExplainDrop, LinkLocalSourceIsNotForwardingOff) {
  Facts facts = kFacts;
  facts["src_never_forwarded"] = "fe80::1";
  const auto drop = explain_drop(VerdictId::INNER_IN, "IP_INADDRERRORS", "ip6_forward", facts);
  EXPECT_EQ(drop.words, "its source fe80::1 must not be forwarded");
}

TEST(ExplainDrop, OtherAddressErrorIsJustThat) {
  const auto drop = explain_drop(VerdictId::INNER_IN, "IP_INADDRERRORS", "ip_rcv_finish", kFacts);
  EXPECT_EQ(drop.words, "an address in it is not valid there");
  EXPECT_EQ(drop.advice, std::nullopt);
}

TEST(ExplainDrop, SameReasonMeansDifferentThingsInAndAroundTheTunnel) {
  const auto inner = explain_drop(VerdictId::INNER_IN, "NO_SOCKET", "__udp4_lib_rcv", kFacts);
  EXPECT_EQ(inner.words, "nothing listens on udp 10.9.0.2:9");
  const auto outer = explain_drop(VerdictId::OUTER_IN, "NO_SOCKET", "__udp4_lib_rcv", kFacts);
  EXPECT_EQ(outer.words, "nothing listens on UDP port 51821");
}

TEST(ExplainDrop, NobodyOnWireGuardsOwnPortMeansThatItIsDown) {
  Facts facts = kFacts;
  facts["port_is_own"] = "1";
  const auto drop = explain_drop(VerdictId::OUTER_IN, "NO_SOCKET", "", facts);
  EXPECT_EQ(drop.words, "nothing listens on UDP port 51821, because wg0 is down");
  EXPECT_EQ(command_of(drop), "ip link set wg0 up");
}

TEST(ExplainDrop, OfAnotherHostsPortOnlyThePastIsKnown) {
  Facts facts = kFacts;
  facts["port_was_own"] = "1";
  const auto drop = explain_drop(VerdictId::OUTER_IN, "NO_SOCKET", "", facts);
  EXPECT_EQ(drop.words, "nothing listens on UDP port 51821, which was wg0's");
  EXPECT_EQ(command_of(drop), "wg show wg0 listen-port");
}

TEST(ExplainDrop, WrongPortIsNamed) {
  Facts facts = kFacts;
  facts["to_port"] = "5555";
  facts["listen_port"] = "51821";
  EXPECT_EQ(explain_drop(VerdictId::OUTER_IN, "NO_SOCKET", "", facts).words,
            "nothing listens on UDP port 5555 (wg0 uses 51821)");
}

TEST(ExplainDrop, UnknownNameIsGivenAsItIs) {
  const auto drop = explain_drop(VerdictId::INNER_IN, "A_NEW_REASON", "f", kFacts);
  EXPECT_EQ(drop.words, "A_NEW_REASON");
  EXPECT_EQ(drop.advice, std::nullopt);
}

TEST(ExplainDrop, ErrnoOfWireGuardIsNoDropReason) {
  EXPECT_EQ(explain_drop(VerdictId::TX_NO_PEER, "ENOKEY", "", kFacts).words, "ENOKEY");
}

TEST(ExplainDrop, HasWordsForTheReasonsOfEverydayLifeWhateverIsKnown) {
  for (const char* name :
       {"NETFILTER_DROP",     "IP_RPFILTER",  "IP_INADDRERRORS", "IP_INNOROUTES", "IP_OUTNOROUTES",
        "UDP_CSUM",           "PKT_TOO_BIG",  "PKT_TOO_SMALL",   "NEIGH_FAILED",  "NEIGH_QUEUEFULL",
        "QDISC_DROP",         "CPU_BACKLOG",  "SOCKET_RCVBUFF",  "SOCKET_FILTER", "TC_INGRESS",
        "TC_EGRESS",          "XDP",          "IP_NOPROTO",      "IPV6DISABLED",  "OTHERHOST",
        "FRAG_REASM_TIMEOUT", "NOT_SPECIFIED"}) {
    for (const VerdictId verdict :
         {VerdictId::INNER_OUT, VerdictId::OUTER_OUT, VerdictId::OUTER_IN, VerdictId::INNER_IN}) {
      for (const Facts& facts : {kFacts, Facts{}}) {
        const DropReason drop = explain_drop(verdict, name, "", facts);
        EXPECT_NE(drop.words, name);
        EXPECT_EQ(drop.words.find_first_of("{}|"), std::string::npos) << drop.words;
        if (drop.advice) {
          EXPECT_EQ(drop.advice->text.find_first_of("{}|"), std::string::npos);
        }
      }
    }
  }
}

}  // namespace
}  // namespace wgt::explain
