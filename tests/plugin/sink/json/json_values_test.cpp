// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/json/json_values.h"

#include <gtest/gtest.h>

namespace wgt::sink {
namespace {

TEST(JsonLine, IsOneLineThatSteersNothingAndMeansTheSame) {
  const boost::json::object object{{"a\x1b", "b\n\x7f\xc2\x9b →"}};
  const std::string line = json_line(object);
  EXPECT_EQ(line, "{\"a\\u001b\":\"b\\n\\u007f\\u009b →\"}\n");
  EXPECT_EQ(boost::json::parse(line), boost::json::value(object));
}

TEST(JsonLine, IsUtf8WhateverIsInIt) {
  EXPECT_EQ(json_line(boost::json::object{{"a", "\xff"}}), "{\"a\":\"\xef\xbf\xbd\"}\n");
}

}  // namespace
}  // namespace wgt::sink
