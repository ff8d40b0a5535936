// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

namespace wgt {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return make_error(Errc::kInvalid, "odd");
  return number / 2;
}

Result<int> quarter(int number) {
  WGT_TRY(const int once, half(number));
  WGT_TRY(const int twice, half(once));
  return twice;
}

Result<void> check_even(int number) {
  if (number % 2 != 0) return make_error(Errc::kInvalid, "odd");
  return {};
}

Result<std::string> even_text(int number) {
  WGT_TRY_VOID(check_even(number));
  return "even";
}

TEST(Result, HoldsAValueOrAnError) {
  const Result<int> value = half(8);
  ASSERT_TRUE(value);
  EXPECT_TRUE(value.has_value());
  EXPECT_EQ(*value, 4);
  EXPECT_EQ(value.value(), 4);

  const Result<int> error = half(7);
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().text, "odd");
  EXPECT_EQ(error.error().code, Errc::kInvalid);
}

TEST(Result, ValueOrGivesTheFallbackForAnErrorOnly) {
  EXPECT_EQ(half(8).value_or(-1), 4);
  EXPECT_EQ(half(7).value_or(-1), -1);
  const Result<int> kept = half(8);
  EXPECT_EQ(kept.value_or(-1), 4);
}

TEST(Result, ArrowReachesIntoTheValue) {
  Result<std::string> text = std::string("abc");
  EXPECT_EQ(text->size(), 3U);
  text->push_back('d');
  EXPECT_EQ(*text, "abcd");
}

TEST(Result, CarriesMoveOnlyValues) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  const std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 5);
}

TEST(Result, IsMadeFromWhatConvertsToItsType) {
  const Result<std::optional<std::string>> present = "text";
  EXPECT_EQ(**present, "text");
  const Result<std::optional<std::string>> absent = std::nullopt;
  EXPECT_FALSE(absent->has_value());
}

TEST(Result, TryStopsAtTheFirstError) {
  EXPECT_EQ(*quarter(8), 2);
  EXPECT_EQ(quarter(7).error().text, "odd");
  EXPECT_EQ(quarter(6).error().text, "odd");
}

TEST(Result, TryVoidPassesSuccessAndReturnsErrors) {
  EXPECT_EQ(*even_text(2), "even");
  EXPECT_EQ(even_text(3).error().text, "odd");
  EXPECT_TRUE(check_even(2));
  check_even(2).value();
}

TEST(ResultDeathTest, AskingForWhatIsNotThereAborts) {
  EXPECT_DEATH(static_cast<void>(half(7).value()), "odd");
  EXPECT_DEATH(static_cast<void>(*half(7)), "odd");
  EXPECT_DEATH(static_cast<void>(half(8).error()), "error of a value");
  EXPECT_DEATH(check_even(3).value(), "odd");
}

}  // namespace
}  // namespace wgt
