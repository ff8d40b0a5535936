// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/ping_text.h"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/plugin/sink/render.h"

namespace wgt::sink {
namespace {

health::Probe probe(std::uint32_t number, std::optional<std::int64_t> answer_ns) {
  health::Probe probe;
  probe.number = number;
  probe.answer_ns = answer_ns;
  return probe;
}

TEST(PingText, HasALineAProbeAndASummary) {
  health::WhyFacts facts;
  facts.destination = parse_ip("10.0.0.2").value();
  facts.interface = "wg0";
  std::ostringstream out;
  PingText text(out, test::kUtf8);
  text.begin(facts);
  health::Probe joined = probe(1, 900'000);
  joined.there = joined.back = test::delivered().view();
  text.probe(joined);
  health::Probe one_end = probe(2, 1'100'000);
  one_end.there = test::delivered().sender_only(join::Basis::kReceiverNotWatched).view();
  text.probe(one_end);
  health::Probe died = probe(3, std::nullopt);
  died.there = test::disallowed_source().view();
  text.probe(died);
  died.there = test::delivered().view();
  text.probe(died);
  died.back = test::disallowed_source().view();
  text.probe(died);
  died = probe(4, std::nullopt);
  text.probe(died);
  died.error = "ENOKEY";
  text.probe(died);
  text.summary();
  EXPECT_EQ("\n" + out.str(), R"(
10.0.0.2 through wg0; times in µs
probe     answer       out   network        in back: out   network        in
    1      900.0      19.5     420.0      13.9      19.5     420.0      13.9
    2     1100.0      19.5         -         -         -         -         -
    3          -  rx.disallowed_source
    3          -  arrived, no answer
    3          -  answer: rx.disallowed_source
    4          -  not seen in the tunnel
    4          -  not sent: ENOKEY
7 probes, 2 answered, 71% lost
round trip: least 900.0 µs, average 1.0 ms, most 1.1 ms, deviation 100.0 µs
)");
}

TEST(PingText, SaysNothingOfNoProbes) {
  std::ostringstream out;
  PingText(out, test::kUtf8).summary();
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace wgt::sink
