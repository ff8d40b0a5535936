// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/summary_text.h"

#include <gtest/gtest.h>

#include <sstream>

#include "plugin/sink/text/printable.h"

namespace wgt::sink {
namespace {

TEST(SummaryText, PutsDeliveredFirstThenTheMostFrequent) {
  const explain::Summary summary = {
      .paths = 18,
      .filtered = 4,
      .by_verdict = {
          {"delivered", 3}, {"inner_in", 1}, {"rx.disallowed_source", 12}, {"rx.replay", 2}}};
  EXPECT_EQ(summary_text(summary),
            "18 paths: 3 delivered, 12 rx.disallowed_source, 2 rx.replay, 1 inner_in; 4\n"
            "filtered; 0 lost\n");
}

TEST(SummaryText, SpeaksOfOnePathAndOfNone) {
  EXPECT_EQ(summary_text({}), "0 paths; 0 filtered; 0 lost\n");
  EXPECT_EQ(summary_text({.paths = 1, .by_verdict = {{"delivered", 1}}}),
            "1 path: 1 delivered; 0 filtered; 0 lost\n");
}

TEST(SummaryText, SaysHowManyWereShownAgain) {
  EXPECT_EQ(summary_text({.paths = 1, .amended = 1, .by_verdict = {{"delivered", 1}}}),
            "1 path: 1 delivered; 1 amended; 0 filtered; 0 lost\n");
}

TEST(SummaryText, WarnsWhenAbsenceProvesNothing) {
  EXPECT_EQ(summary_text({.lost = 3, .cut = true, .by_verdict = {}}),
            "0 paths; 0 filtered; 3 lost\n"
            "Warning: records were lost, so absence proves nothing.\n"
            "Warning: the recording was cut off in the middle of a record.\n");
}

TEST(SummaryText, HasAtMost80ColumnsWithEveryVerdict) {
  explain::Summary summary;
#define WGT_VERDICT(number, name, id, side, stage, class_, authenticated) \
  summary.by_verdict[id] = 1'000'000'000'000 + (number);
#include "bpf/abi/verdicts.def"
#undef WGT_VERDICT
  std::istringstream lines(summary_text(summary));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(columns(line), 80U) << line;
}

}  // namespace
}  // namespace wgt::sink
