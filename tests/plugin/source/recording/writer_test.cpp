// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <csignal>
#include <random>

#include "tests/plugin/source/recording/sample.h"

namespace wgt::recording {
namespace {

using test::read_all;
using test::RecordBytes;
using test::sample_event;
using test::sample_host;
using test::TempFile;

mode_t mode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777U;
}

TEST(Writer, OnlyTheOwnerMayReadARecording) {
  TempFile file;
  ::unlink(file.path().c_str());
  const mode_t before = ::umask(0);
  ASSERT_TRUE(Writer::create(file.path(), sample_host()));
  ::umask(before);
  EXPECT_EQ(mode_of(file.path()), 0600U);
}

TEST(Writer, AFileThatWasOpenToAllIsClosedToThem) {
  TempFile file;
  file.set_bytes("something longer that was here before, and must be gone");
  ASSERT_EQ(::chmod(file.path().c_str(), 0666), 0);
  ASSERT_TRUE(Writer::create(file.path(), sample_host()));
  EXPECT_EQ(mode_of(file.path()), 0600U);
  EXPECT_FALSE(read_all(file.path()).error);
}

TEST(Writer, ADeviceKeepsItsMode) {
  const mode_t before = mode_of("/dev/null");
  ASSERT_TRUE(Writer::create("/dev/null", sample_host()));
  EXPECT_EQ(mode_of("/dev/null"), before);
}

TEST(Writer, AFullDiskIsReportedWithTheFilesName) {
  const auto writer = Writer::create("/dev/full", sample_host());
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().text, "write /dev/full: No space left on device");
}

TEST(Writer, AfterAFailureNothingMoreIsWritten) {
  TempFile file;
  auto writer = Writer::create(file.path(), sample_host());
  ASSERT_TRUE(writer);
  ASSERT_TRUE(writer->add(RecordBytes(sample_event(0))));

  // The disk is "full" in the middle of the next frame, and later has room again.
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = file.bytes().size() + 100;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto first = writer->flush();
  ::setrlimit(RLIMIT_FSIZE, &before);

  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().text, "write " + file.path() + ": File too large");
  const auto second = writer->close({});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().text, first.error().text);
  EXPECT_TRUE(read_all(file.path()).cut);
}

TEST(Writer, DashIsTheStandardOutput) {
  TempFile file;
  UniqueFd fd(::open(file.path().c_str(), O_WRONLY));
  UniqueFd stdout_before(::dup(STDOUT_FILENO));
  ::dup2(fd.get(), STDOUT_FILENO);
  auto writer = Writer::create("-", sample_host());
  ::dup2(stdout_before.get(), STDOUT_FILENO);
  ASSERT_TRUE(writer);
  ASSERT_TRUE(writer->close({}));
  EXPECT_EQ(read_all(file.path()).hosts.size(), 1U);
}

TEST(Writer, AMissingFolderIsReported) {
  const auto writer = Writer::create("/nonexistent/x", sample_host());
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().text, "create /nonexistent/x: No such file or directory");
}

TEST(Writer, FlushedRecordsAreInTheFile) {
  TempFile file;
  auto writer = Writer::create(file.path(), sample_host());
  ASSERT_TRUE(writer);
  ASSERT_TRUE(writer->add(RecordBytes(sample_event(0))));
  EXPECT_EQ(read_all(file.path()).records.size(), 0U);
  ASSERT_TRUE(writer->flush());
  EXPECT_EQ(read_all(file.path()).records.size(), 1U);
  EXPECT_TRUE(read_all(file.path()).cut);
}

TEST(Writer, ManyRecordsNeedNoFlush) {
  TempFile file;
  auto writer = Writer::create(file.path(), sample_host());
  ASSERT_TRUE(writer);
  for (std::uint64_t i = 0; i < 10'000; ++i) ASSERT_TRUE(writer->add(RecordBytes(sample_event(i))));
  ASSERT_TRUE(writer->close({}));
  const auto contents = read_all(file.path());
  EXPECT_FALSE(contents.error);
  ASSERT_EQ(contents.records.size(), 10'000U);
  EXPECT_EQ(event::key_of(contents.records.back())->counter, 9'999U);
  EXPECT_EQ(contents.end->records, 10'000U);
}

TEST(Writer, AClosedRecordingTakesNothingMore) {
  TempFile file;
  auto writer = Writer::create(file.path(), sample_host());
  ASSERT_TRUE(writer);
  ASSERT_TRUE(writer->close({}));
  EXPECT_FALSE(writer->lost({}));
  EXPECT_FALSE(writer->flush());
}

TEST(Writer, TooManyNamesAreAnErrorNotABrokenFile) {
  TempFile file;
  auto host = sample_host();
  auto writer = Writer::create(file.path(), host);
  ASSERT_TRUE(writer);
  for (std::uint64_t i = 0; i < 40'000; ++i) host.functions[i] = "a_function_with_a_long_name";
  EXPECT_FALSE(writer->host(host));
  EXPECT_TRUE(writer->close({}));
  EXPECT_FALSE(read_all(file.path()).error);
}

// A reader that takes nothing: the first signal whose handler runs ends the wait.
TEST(Writer, ASignalEndsTheWaitForAStuckReader) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd reader(ends[0]);
  const UniqueFd pipe(ends[1]);
  auto writer = Writer::create("/dev/fd/" + std::to_string(pipe.get()), sample_host());
  ASSERT_TRUE(writer);
  struct sigaction handler {};
  handler.sa_handler = [](int) {};
  handler.sa_flags = SA_RESTART;
  struct sigaction before {};
  ASSERT_EQ(::sigaction(SIGALRM, &handler, &before), 0);
  itimerval soon{{0, 50'000}, {0, 50'000}};
  ::setitimer(ITIMER_REAL, &soon, nullptr);
  Result<void> result;
  std::mt19937_64 random;  // what does not get smaller
  for (int i = 0; i < 100'000 && result; i++)
    result = writer->add(RecordBytes(wgt::test::tx().counter(random()).at(random() >> 8U)));
  soon = {};
  ::setitimer(ITIMER_REAL, &soon, nullptr);
  ::sigaction(SIGALRM, &before, nullptr);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().sys_errno, EINTR);
  EXPECT_FALSE(writer->close({}));
}

}  // namespace
}  // namespace wgt::recording
