// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/messages.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "plugin/explain/facts.h"
#include "plugin/explain/reason_name.h"
#include "tests/support/view_builder.h"

namespace wgt::explain {
namespace {

// The same path with less and less known about it.
std::vector<Facts> knowledge(VerdictId verdict) {
  const test::Scene scene = test::delivered();
  const PathView path = scene.view();
  PathView one_end = path;
  one_end.rx.reset();
  PathView bare = path;
  bare.tx.reset();
  bare.inner.reset();
  bare.outer.reset();
  bare.key.reset();
  bare.rx->peer.reset();
  bare.rx->interface = "ifindex 5";
  return {gather_facts(path, verdict, &scene.device_a),
          gather_facts(path, verdict, nullptr),
          gather_facts(one_end, verdict, &scene.device_a),
          gather_facts(bare, verdict, nullptr),
          {}};
}

void expect_filled(const std::string& text, VerdictId verdict) {
  EXPECT_FALSE(text.empty()) << event::verdict_id(verdict);
  EXPECT_EQ(text.find_first_of("{}|"), std::string::npos) << text;
  EXPECT_EQ(text.find("  "), std::string::npos) << text;
}

TEST(MessageFor, SaysSomethingOfEveryVerdictWhateverIsKnown) {
  for (unsigned i = 0; i < event::kVerdicts; i++) {
    const VerdictId verdict = event::known_verdict(i);
    for (const Facts& facts : knowledge(verdict)) {
      const std::string message = message_for(verdict, facts);
      expect_filled(message, verdict);
      EXPECT_NE(message.find(' '), std::string::npos) << "only the id: " << message;
      EXPECT_FALSE(message.ends_with('.')) << message;
    }
  }
}

TEST(MessageFor, SaysWhyWaitingPacketsWereThrownAway) {
  std::set<std::string> messages;
  for (const char* cause : {"gave_up", "interface_down", "peer_removed"}) {
    Facts facts = knowledge(VerdictId::TX_STAGED_PURGED).front();
    facts[cause] = "1";
    messages.insert(message_for(VerdictId::TX_STAGED_PURGED, facts));
    EXPECT_TRUE(advice_for(VerdictId::TX_STAGED_PURGED, facts)) << cause;
  }
  EXPECT_EQ(messages.size(), 3U);
}

TEST(AdviceFor, LeavesNoGapWhateverIsKnown) {
  for (unsigned i = 0; i < event::kVerdicts; i++) {
    const VerdictId verdict = event::known_verdict(i);
    for (const Facts& facts : knowledge(verdict)) {
      const auto advice = advice_for(verdict, facts);
      if (!advice) continue;
      expect_filled(advice->text, verdict);
      EXPECT_TRUE(advice->text.ends_with('.')) << advice->text;
      if (advice->command) expect_filled(*advice->command, verdict);
    }
  }
}

TEST(AdviceFor, HasNoneForWhatIsAllRight) {
  EXPECT_EQ(advice_for(VerdictId::DELIVERED, {}), std::nullopt);
  EXPECT_EQ(advice_for(VerdictId::KEEPALIVE, {}), std::nullopt);
}

TEST(AdviceFor, IsThereForEveryDropOfWireGuard) {
  for (unsigned i = 0; i < event::kVerdicts; i++) {
    const VerdictId verdict = event::known_verdict(i);
    const std::string id = event::verdict_id(verdict);
    if (!id.starts_with("tx.") && !id.starts_with("rx.") && !id.starts_with("network.")) continue;
    Facts facts = knowledge(verdict).front();
    facts["duplicate"] = "1";
    EXPECT_TRUE(advice_for(verdict, facts)) << id;
  }
}

}  // namespace
}  // namespace wgt::explain
