// SPDX-License-Identifier: GPL-2.0-only
//
// Result<T>: a value or an Error. The names are a subset of std::expected, which g++ 12 lacks.
//
// Return a Result where the caller can do something about a failure; std::optional where "not
// there" is an ordinary answer. Asking for the value of an error, or the error of a value, is a
// bug in the caller and aborts.
#pragma once

#include <type_traits>
#include <utility>
#include <variant>

#include "wgtools/base/error.h"

namespace wgt {

template <class T>
class Result;

// Everything a Result<T> can be made from as a value: also what only converts to T, as an X for an
// optional<X>.
template <class U, class T>
concept ResultValue =
    std::is_convertible_v<U&&, T> && !std::is_same_v<std::remove_cvref_t<U>, Result<T>> &&
    !std::is_same_v<std::remove_cvref_t<U>, Error>;

template <class T>
class [[nodiscard]] Result {
  static_assert(!std::is_reference_v<T> && !std::is_same_v<std::remove_cv_t<T>, Error>);

 public:
  using value_type = T;

  // Implicit, so that a function can `return value;` and `return make_error(...);`.
  // NOLINTNEXTLINE(bugprone-forwarding-reference-overload): the concept leaves copies and moves out
  template <ResultValue<T> U = T>
  // NOLINTNEXTLINE(bugprone-forwarding-reference-overload)
  Result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return checked_value(*this); }
  const T& value() const& { return checked_value(*this); }
  T&& value() && { return std::move(checked_value(*this)); }

  T& operator*() & { return checked_value(*this); }
  const T& operator*() const& { return checked_value(*this); }
  T&& operator*() && { return std::move(checked_value(*this)); }

  T* operator->() { return &checked_value(*this); }
  const T* operator->() const { return &checked_value(*this); }

  const Error& error() const& { return checked_error(*this); }
  Error&& error() && { return std::move(checked_error(*this)); }

  template <class U>
  T value_or(U&& fallback) const& {
    return has_value() ? **this : static_cast<T>(std::forward<U>(fallback));
  }
  template <class U>
  T value_or(U&& fallback) && {
    return has_value() ? *std::move(*this) : static_cast<T>(std::forward<U>(fallback));
  }

 private:
  template <class Self>
  static auto& checked_value(Self& self) {
    if (!self.has_value()) die(with_context(*std::get_if<1>(&self.state_), "value of an error"));
    return *std::get_if<0>(&self.state_);
  }
  template <class Self>
  static auto& checked_error(Self& self) {
    if (self.has_value()) die(make_error(Errc::kInvalid, "error of a value"));
    return *std::get_if<1>(&self.state_);
  }

  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  void value() const {
    if (!has_value()) die(with_context(*std::get_if<1>(&state_), "value of an error"));
  }

  const Error& error() const& {
    check_is_error();
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    check_is_error();
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  void check_is_error() const {
    if (has_value()) die(make_error(Errc::kInvalid, "error of a value"));
  }

  std::variant<std::monostate, Error> state_;
};

}  // namespace wgt

#define WGT_CONCAT_INNER_(a, b) a##b
#define WGT_CONCAT_(a, b) WGT_CONCAT_INNER_(a, b)

// WGT_TRY(auto fd, open_netns(name)); — declares (or assigns) the value, or returns the error from
// the enclosing function, which must return a Result. Two statements: needs braces after `if`.
#define WGT_TRY(lhs, ...) WGT_TRY_(WGT_CONCAT_(wgt_result_, __LINE__), lhs, __VA_ARGS__)
#define WGT_TRY_(result, lhs, ...)               \
  auto result = (__VA_ARGS__);                   \
  if (!result) return std::move(result).error(); \
  lhs = *std::move(result)

// WGT_TRY_VOID(attach(link)); — returns the error, drops the (void) value.
#define WGT_TRY_VOID(...)                                                                   \
  do {                                                                                      \
    if (auto wgt_result = (__VA_ARGS__); !wgt_result) return std::move(wgt_result).error(); \
  } while (false)
