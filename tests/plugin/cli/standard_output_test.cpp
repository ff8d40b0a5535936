// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/cli/standard_output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <sstream>
#include <string>
#include <thread>

#include "wgtools/base/unique_fd.h"

namespace wgt::cli {
namespace {

class StandardOutputTest : public testing::Test {
 protected:
  StandardOutputTest() {
    std::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    from_.reset(ends[0]);
    to_.reset(ends[1]);
  }

  std::ostream stream_{nullptr};
  UniqueFd from_, to_;
};

TEST_F(StandardOutputTest, BringsEverythingInOrder) {
  std::string all;
  std::thread reader([&] {
    std::array<char, 777> bytes{};
    ssize_t got = 0;
    while ((got = ::read(from_.get(), bytes.data(), bytes.size())) > 0)
      all.append(bytes.data(), static_cast<std::size_t>(got));
  });
  std::string expected;
  {
    StandardOutput output(stream_, to_.get());
    for (int i = 0; i < 30000; ++i) {
      stream_ << i << '\n';
      expected += std::to_string(i) + '\n';
    }
    EXPECT_TRUE(output.finish());
    EXPECT_FALSE(output.reader_left());
  }
  to_.reset();
  reader.join();
  EXPECT_EQ(all, expected);
}

TEST_F(StandardOutputTest, TellsAReaderThatLeftFromADiskThatIsFull) {
  from_.reset();
  StandardOutput left(stream_, to_.get());
  stream_ << "more than it wanted to see";
  EXPECT_FALSE(left.finish());
  EXPECT_TRUE(left.reader_left());

  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  std::ostream stream(nullptr);
  StandardOutput output(stream, full.get());
  stream << "text";
  stream.flush();
  EXPECT_FALSE(stream);
  const auto written = output.finish();
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().text, "write standard output: No space left on device");
  EXPECT_FALSE(output.reader_left());
}

TEST_F(StandardOutputTest, NoticesAReaderThatLeavesWithNothingToWrite) {
  StandardOutput output(stream_, to_.get());
  stream_.flush();
  EXPECT_TRUE(stream_.good());
  from_.reset();
  stream_.flush();
  EXPECT_FALSE(stream_.good());
  EXPECT_TRUE(output.reader_left());
}

TEST_F(StandardOutputTest, ASignalEndsTheWaitForAStuckReader) {
  struct sigaction action {};
  action.sa_handler = [](int) {};
  action.sa_flags = SA_RESTART;
  ASSERT_EQ(::sigaction(SIGALRM, &action, nullptr), 0);
  StandardOutput output(stream_, to_.get());
  ::alarm(1);
  stream_ << std::string(1 << 20, 'x');
  const auto written = output.finish();
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().sys_errno, EINTR);
}

}  // namespace
}  // namespace wgt::cli
