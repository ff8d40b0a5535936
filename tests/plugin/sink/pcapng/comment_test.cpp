// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/pcapng/comment.h"

#include <gtest/gtest.h>

#include "tests/support/view_builder.h"

namespace wgt::sink::pcapng {
namespace {

TEST(PcapngComment, TellsVerdictAndHopTimes) {
  EXPECT_EQ(comment_of(test::delivered().view(), true),
            "delivered | tx a wg0: wg_xmit 0, encrypt 14200, udp_tunnel_xmit 17300, "
            "outer_out 19500 ns | network 420000 ± 50000 ns | rx b wg0: wg_receive 0, "
            "decrypt 11800, replay 12400, allowed_ips 13000, delivered 13900 ns | tcp ACK seq 0");
}

TEST(PcapngComment, MarksADropWhereItDied) {
  const explain::PathView path = test::disallowed_source().view();
  EXPECT_TRUE(comment_of(path, true).starts_with("DROPPED rx.disallowed_source at allowed_ips: "));
  EXPECT_NE(comment_of(path, true).find(path.verdict.message), std::string::npos);
  EXPECT_NE(comment_of(path, true).find(*path.verdict.advice), std::string::npos);
  EXPECT_TRUE(comment_of(path, false).starts_with("dropped later: rx.disallowed_source | tx a"));
  EXPECT_EQ(comment_of(path, false).find("DROPPED"), std::string::npos);
}

TEST(PcapngComment, CallsNothingDroppedThatIsUnknown) {
  const auto path = test::delivered().sender_only(join::Basis::kReceiverNotWatched).view();
  EXPECT_TRUE(comment_of(path, true).starts_with("unknown at outer_out (not_watched): "))
      << comment_of(path, true);
  EXPECT_EQ(comment_of(path, true).find("DROPPED"), std::string::npos);
}

TEST(PcapngComment, SaysWhatItTakesBack) {
  explain::PathView path = test::delivered().view();
  path.amends = event::VerdictId::NETWORK_LOST;
  EXPECT_TRUE(comment_of(path, true).starts_with("delivered | was network.lost | tx"));
}

TEST(PcapngComment, IsOneLineWhateverThingsAreCalled) {
  test::Scene scene = test::disallowed_source();
  scene.hosts[0].hostname = "a\x1b[2J\n\t";
  scene.hosts[1].hostname = "b\xff\xe2\x80\xae";
  const std::string text = comment_of(scene.view(), true);
  EXPECT_EQ(text.find_first_of("\x1b\n\t\xff"), std::string::npos) << text;
  EXPECT_NE(text.find("a\\x1b[2J"), std::string::npos) << text;
}

TEST(PcapngComment, TellsAHandshakesStep) {
  explain::HandshakeView view;
  view.id = "hs.completed";
  view.message = "a new session";
  EXPECT_EQ(comment_of(view), "hs.completed: a new session");
}

}  // namespace
}  // namespace wgt::sink::pcapng
