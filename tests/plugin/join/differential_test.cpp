// SPDX-License-Identifier: GPL-2.0-only
// Random recordings, joined as they are read, become the same paths as when all of them is at hand.
#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "bpf/abi/record.h"
#include "integration/bench/traffic.h"
#include "plugin/event/to_abi.h"
#include "plugin/source/recording/writer.h"
#include "tests/plugin/join/join_files.h"

namespace wgt::join {
namespace {

using test::JoinedFiles;

struct Case {
  const char* name;
  bench::TrafficOptions traffic;
};

class Differential : public ::testing::TestWithParam<Case> {
 protected:
  Differential() {
    for (const char* host : {"a", "b"})
      files.push_back(::testing::TempDir() + "wgt-differential-" + std::to_string(::getpid()) +
                      "-" + GetParam().name + host);
  }
  ~Differential() override {
    for (const std::string& file : files) ::unlink(file.c_str());
  }

  bench::Fates record(const bench::TrafficOptions& options) {
    bench::Traffic traffic(options);
    std::vector<recording::Writer> writers;
    for (const bench::Host host : {bench::kHostA, bench::kHostB})
      writers.push_back(recording::Writer::create(files[host], traffic.host(host)).value());
    std::array<std::uint64_t, bench::kHosts> ended = {};
    const auto fates =
        traffic.run({.event =
                         [&](bench::Host host, const event::Event& event) {
                           const wgt_record record = event::to_abi(event);
                           EXPECT_TRUE(writers[host].add(std::as_bytes(std::span(&record, 1))));
                         },
                     .progress =
                         [&](bench::Host host, std::uint64_t ns) {
                           EXPECT_TRUE(writers[host].lost({ns, {{"ring", 0}}}));
                           ended[host] = ns;
                         }});
    for (const bench::Host host : {bench::kHostA, bench::kHostB})
      EXPECT_TRUE(writers[host].close({ended[host], 0, 0, 0}));
    return fates;
  }

  std::vector<std::string> files;
};

// All that a path says but how well the clocks were known.
auto facts(const JoinedPath& path) {
  const auto time = [](const auto& seen) { return seen ? event::first_hop_ns(seen->event) : 0; };
  return std::tuple(key_of(path), time(path.tx), time(path.rx), path.drop.has_value(), path.verdict,
                    path.basis);
}

std::map<event::VerdictId, std::uint64_t> verdicts(const std::vector<JoinedPath>& paths) {
  std::map<event::VerdictId, std::uint64_t> out;
  for (const JoinedPath& path : paths) out[path.verdict]++;
  return out;
}

TEST_P(Differential, TheSamePaths) {
  const bench::Fates fates = record(GetParam().traffic);
  const JoinedFiles joined = test::join_files(files);
  const std::vector<JoinedPath> expected = test::reference_join(files);
  ASSERT_EQ(joined.stats.join.amended + joined.stats.join.evicted, 0U);
  std::vector<decltype(facts(expected[0]))> got, wanted;
  for (const JoinedPath& path : joined.paths) got.push_back(facts(path));
  for (const JoinedPath& path : expected) wanted.push_back(facts(path));
  std::ranges::sort(got);
  std::ranges::sort(wanted);
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    ASSERT_EQ(got[i], wanted[i]) << i << ": " << std::get<4>(got[i]) << " instead of "
                                 << std::get<4>(wanted[i]);
  auto true_fates = fates.paths;
  if (fates.unwatched != 0) true_fates[event::VerdictId::UNKNOWN] += fates.unwatched;
  EXPECT_EQ(verdicts(joined.paths), true_fates);
}

// Each host's packets by its clock; the two hosts' as well as their clocks are known.
TEST_P(Differential, InOrderOfSending) {
  record(GetParam().traffic);
  const JoinedFiles joined = test::join_files(files);
  std::array<std::uint64_t, bench::kHosts> last = {};
  for (const JoinedPath& path : joined.paths) {
    if (!path.tx) continue;
    const std::uint64_t ns = event::first_hop_ns(path.tx->event);
    EXPECT_GE(ns, last[path.tx->host]);
    last[path.tx->host] = ns;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Traffic, Differential,
    ::testing::Values(
        Case{"busy", {.packets = 8'000, .peers = 3, .rate = 50'000, .loss = 0.05}},
        Case{"many_peers", {.packets = 8'000, .peers = 300, .rate = 100'000, .seed = 2}},
        Case{"slow", {.packets = 3'000, .peers = 2, .rate = 100, .reordered = 0.2, .seed = 3}},
        Case{"rare", {.packets = 300, .peers = 1, .rate = 1, .rekey_s = 30, .seed = 4}},
        Case{"all_late", {.packets = 8'000, .peers = 5, .rate = 5'000, .reordered = 1, .seed = 5}},
        Case{"an_hour_later",
             {.packets = 7'000, .peers = 2, .rate = 2'000, .begun_apart_s = 3600, .seed = 6}},
        Case{"clocks_behind",
             {.packets = 9'000, .peers = 2, .rate = 9'000, .clocks_apart_s = -7200, .seed = 7}}),
    [](const auto& named) { return std::string(named.param.name); });

}  // namespace
}  // namespace wgt::join
