// SPDX-License-Identifier: GPL-2.0-only
// A recording to test with: its contents, and reading and writing files whole.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plugin/source/recording/reader.h"
#include "plugin/source/recording/writer.h"
#include "tests/support/event_builder.h"
#include "tests/support/record_bytes.h"

namespace wgt::recording::test {

using wgt::test::RecordBytes;

// A file name of this test's own, removed with it.
class TempFile {
 public:
  TempFile() {
    std::string pattern = ::testing::TempDir() + "wgt-recording-XXXXXX";
    UniqueFd fd(::mkstemp(pattern.data()));
    path_ = pattern;
  }
  ~TempFile() { ::unlink(path_.c_str()); }
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;

  const std::string& path() const { return path_; }

  std::string bytes() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void set_bytes(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
  }

 private:
  std::string path_;
};

inline event::HostInfo sample_host() {
  event::HostInfo host;
  host.hostname = "alpha";
  host.kernel = "6.12.95";
  host.boot_id = "0b5c6e3e-9a2d-4a6c-8d0e-2f6b1c1d4e5f";
  host.wall_minus_mono_ns = 1'760'000'000'123'456'789;
  host.watch_started_mono_ns = 12'345;
  host.filter = "tcp and port 443";
  host.drop_reasons = {{2, "NOT_SPECIFIED"}, {6, "NETFILTER_DROP"}};
  host.functions = {{0xffffffff81000000, "nf_hook_slow"}};
  host.stacks = {{3, "nf_hook_slow ip_rcv"}};
  host.devices = {{{4026531840, 3}, std::nullopt, "wg0", wgt::test::test_key(1)},
                  {{4026532001, 7}, "blue \xff", "wg1", {}}};
  return host;
}

inline event::Event sample_event(std::uint64_t counter) {
  return wgt::test::tx().counter(counter).inner_tcp("10.0.0.1", 4000, "10.0.0.2", 443);
}

// Blocks: host, 3 records, a loss report, 2 records, end.
inline void write_sample(const std::string& path) {
  auto writer = Writer::create(path, sample_host());
  ASSERT_TRUE(writer) << writer.error().text;
  for (std::uint64_t i = 0; i < 3; ++i) ASSERT_TRUE(writer->add(RecordBytes(sample_event(i))));
  ASSERT_TRUE(writer->lost({5000, {{"ring", 1}, {"flight", 0}}}));
  for (std::uint64_t i = 3; i < 5; ++i) ASSERT_TRUE(writer->add(RecordBytes(sample_event(i))));
  ASSERT_TRUE(writer->close({9000, 0, 4, 1}));
}

struct Contents {
  std::vector<event::HostInfo> hosts;
  std::vector<event::Event> records;
  std::vector<LostReport> lost;
  std::optional<EndSummary> end;
  std::vector<Damage> damages;
  std::optional<Error> error;
  std::set<unsigned> unknown_types;
  bool cut = false;
  std::uint64_t bytes = 0;  // read
  event::DecodeStats stats;

  // The sample's records come in order, so whatever was read must be its beginning.
  bool is_prefix_of_sample() const {
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (records[i] != sample_event(i)) return false;
    }
    return records.size() <= 5;
  }
  // Some of the sample's, in order, each once.
  bool is_part_of_sample() const {
    std::uint64_t next = 0;
    for (const event::Event& record : records) {
      while (next < 5 && record != sample_event(next)) next++;
      if (next++ >= 5) return false;
    }
    return true;
  }
};

inline Contents read_all(const std::string& path) {
  Contents out;
  auto reader = Reader::open(path);
  if (!reader) {
    out.error = reader.error();
    return out;
  }
  while (true) {
    auto frame = reader->next();
    if (!frame) out.error = frame.error();
    if (!frame || !*frame) break;
    if (auto* host = std::get_if<event::HostInfo>(&**frame)) out.hosts.push_back(*host);
    if (auto* lost = std::get_if<LostReport>(&**frame)) out.lost.push_back(*lost);
    if (auto* end = std::get_if<EndSummary>(&**frame)) out.end = *end;
    if (auto* damage = std::get_if<Damage>(&**frame)) out.damages.push_back(*damage);
    if (auto* records = std::get_if<std::vector<event::Event>>(&**frame))
      out.records.insert(out.records.end(), records->begin(), records->end());
  }
  EXPECT_FALSE(reader->next().value());  // it stays at the end, also after an error
  out.cut = reader->cut();
  out.bytes = reader->bytes();
  out.unknown_types = reader->unknown_types();
  out.stats = reader->stats();
  return out;
}

}  // namespace wgt::recording::test
