// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/output.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "tests/plugin/source/recording/raw_recording.h"
#include "tests/plugin/source/recording/sample.h"

namespace wgt::recording {
namespace {

using test::bytes_of;
using test::TempFile;

TEST(Output, WhatCouldNotBeWrittenWholeIsTakenBack) {
  TempFile file;
  auto output = Output::create(file.path());
  ASSERT_TRUE(output);
  ASSERT_TRUE(output->write(bytes_of("whole")));
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 8;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto failed = output->write(bytes_of("not all of it"));
  ::setrlimit(RLIMIT_FSIZE, &before);

  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().text, "write " + file.path() + ": File too large");
  EXPECT_EQ(file.bytes(), "whole");
  EXPECT_EQ(output->bytes(), 5U);
  EXPECT_FALSE(output->write(bytes_of("more"))) << "the first failure stays";
  EXPECT_FALSE(output->close());
}

TEST(Output, AClosedOneTakesNothing) {
  TempFile file;
  auto output = Output::create(file.path());
  ASSERT_TRUE(output);
  ASSERT_TRUE(output->close());
  EXPECT_FALSE(output->write(bytes_of("more")));
}

}  // namespace
}  // namespace wgt::recording
