// SPDX-License-Identifier: GPL-2.0-only
// Writes recordings of the two hosts and joins them.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "plugin/source/recording/writer.h"
#include "tests/plugin/join/join_files.h"
#include "tests/plugin/join/two_hosts.h"
#include "tests/support/record_bytes.h"

namespace wgt::join::test {

constexpr std::uint64_t kEnd = kStart + 60 * kSecond;  // on alpha's clock

struct RecordedHosts : ::testing::Test, JoinedFiles {
  struct Loss {
    std::uint64_t mono_ns;
    std::uint64_t total;
    const char* cause = "ring";
  };
  enum class Close { kYes, kNo };

  // Records, then loss reports, then the end.
  void write(const std::string& name, const event::HostInfo& host,
             const std::vector<event::Event>& events, std::uint64_t ended_ns,
             const std::vector<Loss>& losses = {}, Close close = Close::kYes) {
    auto writer = recording::Writer::create(path(name), host);
    ASSERT_TRUE(writer) << writer.error().text;
    for (const event::Event& event : events)
      ASSERT_TRUE(writer->add(wgt::test::RecordBytes(event)));
    std::uint64_t lost = 0;
    for (const Loss& loss : losses) {
      lost = loss.total;
      ASSERT_TRUE(writer->lost({loss.mono_ns, {{loss.cause, loss.total}}}));
    }
    if (close == Close::kNo) {
      ASSERT_TRUE(writer->flush());
    } else {
      ASSERT_TRUE(writer->close({ended_ns, 0, 3, lost}));
    }
    files.push_back(path(name));
  }
  void write_alpha(const std::vector<event::Event>& events) {
    write("alpha", alpha(), events, kEnd);
  }
  void write_beta(const std::vector<event::Event>& events, const std::vector<Loss>& losses = {}) {
    write("beta", beta(), events, on_beta(kEnd), losses);
  }

  void run() { static_cast<JoinedFiles&>(*this) = join_files(files); }
  const JoinedPath& only() {
    EXPECT_EQ(paths.size(), 1U);
    static const JoinedPath kNone;
    return paths.empty() ? kNone : paths.front();
  }
  std::string path(const std::string& name) {
    return ::testing::TempDir() + "wgt-offline-" + std::to_string(::getpid()) + "-" + name;
  }
  ~RecordedHosts() override {
    for (const std::string& file : files) ::unlink(file.c_str());
  }

  std::vector<std::string> files;
};

}  // namespace wgt::join::test
