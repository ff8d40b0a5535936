// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/read_ahead.h"

#include "plugin/app/survey.h"
#include "tests/plugin/app/fake_source.h"
#include "tests/plugin/join/two_hosts.h"

namespace wgt::app {
namespace {

using namespace join::test;
using test::FakeSource;

std::vector<FakeSource::Step> many(std::uint64_t events) {
  std::vector<FakeSource::Step> script = {test::named(alpha())};
  for (std::uint64_t i = 0; i < events; ++i) script.push_back(test::saw(*tx_ab(i)));
  script.push_back(test::until(kStart + 1));
  script.push_back(test::ended(source::End::kCut));
  return script;
}

TEST(ReadAhead, EverythingComesInOrder) {
  FakeSource source(nullptr, "", many(5000));
  ReadAhead reader(source);
  reader.start();
  std::uint64_t next = 0;
  std::optional<source::Progress> last;
  while (auto batch = reader.next()) {
    for (const event::Event& event : batch->events)
      ASSERT_EQ(event::key_of(event)->counter, next++);
    if (batch->progress) last = batch->progress;
    reader.recycle(*std::move(batch));
  }
  EXPECT_EQ(next, 5000U);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->seen_until_ns, kStart + 1);
  EXPECT_TRUE(reader.outcome().cut);
}

TEST(ReadAhead, WhoTakesNothingMoreStopsIt) {
  FakeSource source(nullptr, "", many(100'000));
  ReadAhead reader(source);
  reader.start();
  ASSERT_TRUE(reader.next());
  reader.stop();
  EXPECT_FALSE(source.wants_more_);
}

TEST(Survey, SaysWhoWasWatchedAndHowFarApartTheClocksAre) {
  event::HostInfo wrong = beta();
  wrong.wall_minus_mono_ns -= 3600 * kSecond;
  FakeSource a(nullptr, "",
               {test::named(alpha()), test::saw(*tx_ab(0)), test::lost("ring", 2),
                test::until(kStart + kSecond)});
  FakeSource b(nullptr, "", {test::named(wrong), test::saw(*rx_ab(0))});
  FakeSource nobody(nullptr, "", {test::ended(source::End::kCut)});
  source::Source* const sources[] = {&a, &b, &nobody};
  const std::string names[] = {"a", "b", "c"};
  const auto out = survey(sources, names);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->host_of, (std::vector<std::optional<join::HostId>>{0, 1, std::nullopt}));
  EXPECT_EQ(out->recordings.watches.size(), 2U);
  EXPECT_EQ(out->recordings.watches[0].losses.size(), 1U);
  EXPECT_TRUE(out->recordings.files[2].cut);
  EXPECT_NEAR(static_cast<double>(out->clocks.ahead_ns[1]), -3600.0 * kSecond, 2.0 * kMs);
}

}  // namespace
}  // namespace wgt::app
