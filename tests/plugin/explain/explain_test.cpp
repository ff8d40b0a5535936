// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/explain.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/support/view_builder.h"

namespace wgt::explain {
namespace {

using test::Scene;

const std::string kPeerA = wg::to_base64(test::kKeyA);
const std::string kPeerB = wg::to_base64(test::kKeyB);

TEST(Explain, DisallowedSourceGetsTheWholeNewList) {
  const Verdict verdict = test::disallowed_source().view().verdict;
  EXPECT_EQ(verdict.command, "wg set wg0 peer " + kPeerA + " allowed-ips 10.9.9.9/32,10.0.0.1/32");
  ASSERT_TRUE(verdict.advice);
  EXPECT_TRUE(verdict.advice->ends_with(" On b: " + *verdict.command)) << *verdict.advice;
  EXPECT_EQ(verdict.message,
            "b decrypted it, then refused its source 10.0.0.1: not in the AllowedIPs of peer "
            "xTIBA5rb… (10.9.9.9/32)");
}

TEST(Explain, CommandRunsInTheNamespaceOfTheSide) {
  Scene scene = test::disallowed_source();
  scene.hosts[1].devices[0].netns = "b";
  EXPECT_TRUE(scene.view().verdict.command->starts_with("ip netns exec b wg set wg0 "));
}

TEST(Explain, WholeListIsLeftToTheOperatorWhereItIsNotKnown) {
  Scene scene = test::disallowed_source();
  scene.devices_known = false;
  const Verdict verdict = scene.view().verdict;
  EXPECT_EQ(verdict.command, "wg set wg0 peer " + kPeerA + " allowed-ips LIST,10.0.0.1/32");
  EXPECT_NE(verdict.advice->find("for LIST put what `wg show wg0 allowed-ips` prints"),
            std::string::npos);
}

TEST(Explain, EmptyListBecomesOneEntry) {
  Scene scene = test::disallowed_source();
  scene.device_b.peers[0].allowed_ips.clear();
  const Verdict verdict = scene.view().verdict;
  EXPECT_TRUE(verdict.command->ends_with(" allowed-ips 10.0.0.1/32"));
  EXPECT_TRUE(verdict.message.ends_with(" (none)")) << verdict.message;
}

TEST(Explain, NothingIsToBeDoneWhenTheListWasMendedSince) {
  Scene scene = test::disallowed_source();
  scene.device_b.peers[0].allowed_ips = {test::prefix("10.0.0.0", 24)};
  const Verdict verdict = scene.view().verdict;
  EXPECT_EQ(verdict.command, std::nullopt);
  EXPECT_EQ(*verdict.advice,
            "Nothing: by now the AllowedIPs of peer xTIBA5rb… cover 10.0.0.1 (10.0.0.0/24).");
}

TEST(Explain, SourceThatIsThePeersEndpointIsNotToBeAllowed) {
  Scene scene = test::disallowed_source();
  scene.device_b.peers[0].endpoint = Endpoint{.address = parse_ip("10.0.0.1").value(), .port = 9};
  const Verdict verdict = scene.view().verdict;
  EXPECT_EQ(verdict.command, std::nullopt);
  EXPECT_TRUE(verdict.advice->starts_with("Do not allow it: 10.0.0.1 is a peer's endpoint"))
      << *verdict.advice;
}

TEST(Explain, SourceOfAnotherPeerIsNotTakenAway) {
  Scene scene = test::disallowed_source();
  scene.device_b.peers.push_back(
      {.public_key = test::kKeyB, .endpoint = {}, .allowed_ips = {test::prefix("10.0.0.1", 32)}});
  const Verdict verdict = scene.view().verdict;
  EXPECT_NE(verdict.message.find("belongs to peer hK7gZ1n0… (10.0.0.1/32)"), std::string::npos);
  EXPECT_NE(verdict.advice->find("only one peer can have it"), std::string::npos);
  EXPECT_TRUE(verdict.command->ends_with("wg show wg0 allowed-ips")) << *verdict.command;
}

TEST(Explain, NoPeerNamesTheOnlyOne) {
  Scene scene = test::delivered();
  scene.fail(VerdictId::TX_NO_PEER, event::Sent::kWgXmit, -ENOKEY);
  scene.tx().peer.reset();
  test::set_inner(scene, test::tx().inner_ping("10.0.0.1", "192.168.50.2", 1, 1));
  const Verdict verdict = scene.view().verdict;
  EXPECT_EQ(verdict.reason, "ENOKEY");
  EXPECT_EQ(verdict.command,
            "wg set wg0 peer " + kPeerB + " allowed-ips 10.0.0.2/32,192.168.50.2/32");
}

TEST(Explain, NoPeerDoesNotGuessAmongSeveral) {
  Scene scene = test::delivered();
  scene.fail(VerdictId::TX_NO_PEER, event::Sent::kWgXmit, -ENOKEY);
  scene.tx().peer.reset();
  test::set_inner(scene, test::tx().inner_ping("10.0.0.1", "192.168.50.2", 1, 1));
  scene.device_a.peers.push_back({.public_key = test::kKeyA, .endpoint = {}, .allowed_ips = {}});
  const Verdict verdict = scene.view().verdict;
  EXPECT_EQ(verdict.command, "wg show wg0 allowed-ips");
  EXPECT_NE(verdict.advice->find("(hK7gZ1n0…, xTIBA5rb…)"), std::string::npos);
}

TEST(Explain, MulticastIsNoFault) {
  Scene scene = test::delivered();
  scene.fail(VerdictId::TX_NO_PEER, event::Sent::kWgXmit, -ENOKEY);
  scene.tx().peer.reset();
  test::set_inner(scene, test::tx().inner_ping("fe80::1", "ff02::16", 1, 1));
  const Verdict verdict = scene.view().verdict;
  EXPECT_TRUE(verdict.advice->starts_with("Nothing, unless")) << *verdict.advice;
  EXPECT_EQ(verdict.command, std::nullopt);
}

TEST(Explain, NoRouteAsksForTheRouteWithTheMark) {
  Scene scene = test::delivered();
  scene.fail(VerdictId::TX_NO_ROUTE, event::Sent::kEncrypt, -ENETUNREACH);
  EXPECT_EQ(scene.view().verdict.command, "ip route get 198.51.100.1");
  scene.device_a.fwmark = 51820;
  EXPECT_EQ(scene.view().verdict.command, "ip route get 198.51.100.1 mark 51820");
  EXPECT_EQ(scene.view().verdict.reason, "ENETUNREACH");
}

TEST(Explain, ReplayTellsDuplicateFromTooOld) {
  Scene scene = test::delivered();
  scene.refuse(VerdictId::RX_REPLAY, event::Received::kDecrypt);
  EXPECT_EQ(scene.view().verdict.reason, "duplicate");
  scene.rx().too_old = true;
  const Verdict verdict = scene.view().verdict;
  EXPECT_EQ(verdict.reason, "too_old");
  EXPECT_NE(verdict.message.find("more than 8128 packets past number 2"), std::string::npos);
}

TEST(Explain, KernelDropHasReasonFunctionAndPlainWords) {
  Scene scene = test::delivered();
  scene.stack_drop(VerdictId::INNER_IN, 1, test::kInAddrErrors, test::kIpError,
                   test::kReceived + 16000);
  const Verdict verdict = scene.view().verdict;
  EXPECT_EQ(verdict.reason, "IP_INADDRERRORS");
  EXPECT_EQ(verdict.function, "ip_error");
  EXPECT_EQ(verdict.certainty, Certainty::kExact);
  EXPECT_EQ(verdict.command, "sysctl -w net.ipv4.ip_forward=1");
  EXPECT_NE(verdict.message.find("IPv4 forwarding is off"), std::string::npos);
}

TEST(Explain, TheStackOfADropIsSplitIntoFunctions) {
  Scene scene = test::delivered();
  scene.stack_drop(VerdictId::INNER_IN, 1, test::kInAddrErrors, test::kIpError,
                   test::kReceived + 16000);
  EXPECT_TRUE(scene.view().verdict.stack.empty());
  scene.drop().stack = 4;
  EXPECT_TRUE(scene.view().verdict.stack.empty()) << "a stack that nobody could read";
  scene.hosts[1].stacks[4] = "ip_error ip_rcv_finish ip_rcv";
  EXPECT_EQ(scene.view().verdict.stack,
            (std::vector<std::string>{"ip_error", "ip_rcv_finish", "ip_rcv"}));
  EXPECT_EQ(scene.view().verdict.reason, "IP_INADDRERRORS");
}

TEST(Explain, AMissingFragmentIsWhyThePacketIsLost) {
  Scene scene = test::delivered();
  scene.ended_by(1, test::first_fragment().device(test::kDeviceB).at(test::kReceived));
  scene.path.basis = join::Basis::kOnlyExplanation;
  const Verdict verdict = scene.view().verdict;
  EXPECT_EQ(verdict.reason, "fragment_missing");
  EXPECT_EQ(verdict.certainty, Certainty::kInferred);
  EXPECT_EQ(verdict.command, "ip link set wg0 mtu 1280");
  EXPECT_NE(verdict.message.find("fragments"), std::string::npos);
}

TEST(Explain, ReasonWithoutANameIsItsNumber) {
  Scene scene = test::delivered();
  scene.stack_drop(VerdictId::INNER_IN, 1, 0x30001, 0, test::kReceived + 16000);
  EXPECT_EQ(scene.view().verdict.reason, "drop reason 196609");
  EXPECT_EQ(scene.view().verdict.function, std::nullopt);
}

TEST(Explain, CertaintyFollowsFromTheBasis) {
  EXPECT_EQ(test::delivered().view().verdict.certainty, Certainty::kExact);
  Scene lost = test::delivered();
  lost.sender_only(join::Basis::kOnlyExplanation, VerdictId::NETWORK_LOST);
  EXPECT_EQ(lost.view().verdict.certainty, Certainty::kInferred);
  Scene by_flow = test::delivered();
  by_flow.stack_drop(VerdictId::INNER_IN, 1, test::kNotSpecified, 0, test::kReceived + 16000);
  by_flow.drop().inferred = true;
  by_flow.path.basis = join::Basis::kOnlyExplanation;
  EXPECT_EQ(by_flow.view().verdict.certainty, Certainty::kInferred);
}

TEST(Explain, UnknownSaysWhy) {
  const std::pair<join::Basis, const char*> kReasons[] = {
      {join::Basis::kReceiverNotWatched, "not_watched"},
      {join::Basis::kRecordsLost, "records_lost"},
      {join::Basis::kStillOpen, "still_open"}};
  std::string before;
  for (const auto& [basis, reason] : kReasons) {
    Scene scene = test::delivered();
    scene.sender_only(basis);
    const Verdict verdict = scene.view().verdict;
    EXPECT_EQ(verdict.id, VerdictId::UNKNOWN);
    EXPECT_EQ(verdict.stage, Stage::kOuterOut);
    EXPECT_EQ(verdict.reason, reason);
    EXPECT_EQ(verdict.certainty, Certainty::kUnknown);
    EXPECT_NE(verdict.message, before);
    before = verdict.message;
  }
}

TEST(Explain, UnwatchedReceiverGetsTheCommandsThatWatchIt) {
  Scene scene = test::delivered();
  scene.sender_only(join::Basis::kReceiverNotWatched);
  const Verdict verdict = scene.view().verdict;
  ASSERT_TRUE(verdict.advice);
  EXPECT_NE(verdict.advice->find("`wg-trace watch --all`"), std::string::npos);
  EXPECT_EQ(verdict.command, std::nullopt);
}

TEST(Explain, HostileNamesNeverReachAShell) {
  Scene scene = test::disallowed_source();
  scene.hosts[1].devices[0].netns = "$(reboot)";
  scene.hosts[1].devices[0].name = "wg;x";
  EXPECT_TRUE(
      scene.view().verdict.command->starts_with("ip netns exec '$(reboot)' wg set 'wg;x' peer "));
  scene.hosts[1].devices[0].netns = "-h";
  EXPECT_EQ(scene.view().verdict.command, std::nullopt);
  scene.hosts[1].devices[0].netns = std::nullopt;
  scene.hosts[1].devices[0].name = "wg\x1b[2J";
  EXPECT_EQ(scene.view().verdict.command, std::nullopt);
}

}  // namespace
}  // namespace wgt::explain
