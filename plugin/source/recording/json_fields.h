// SPDX-License-Identifier: GPL-2.0-only
// Reads named fields out of a JSON object that somebody else wrote: missing
// ones keep their default, wrong types are remembered and reported once.
#pragma once

#include <boost/json.hpp>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "wgtools/base/result.h"

namespace wgt::recording {

// More than any kernel or operator calls anything: somebody else's names cost no more than that.
inline constexpr std::size_t kMaxNameBytes = 511;
// A filter, the functions of a kernel stack.
inline constexpr std::size_t kMaxTextBytes = 16384;

// Cut short, and marked as that.
inline std::string bounded(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  return std::string(text.substr(0, most)) + "…";
}

class JsonFields {
 public:
  explicit JsonFields(const boost::json::object& object) : object_(object) {}

  template <class Number>
  void number(std::string_view name, Number& out) {
    const boost::json::value* value = find(name);
    if (value == nullptr) return;
    boost::json::error_code error;
    const Number parsed = value->to_number<Number>(error);
    error ? wrong(name) : static_cast<void>(out = parsed);
  }

  void text(std::string_view name, std::string& out, std::size_t most = kMaxNameBytes) {
    const boost::json::value* value = find(name);
    if (value == nullptr) return;
    if (!value->is_string()) return wrong(name);
    out = bounded(value->get_string(), most);
  }

  // null: none.
  void text(std::string_view name, std::optional<std::string>& out) {
    const boost::json::value* value = find(name);
    if (value == nullptr || value->is_null()) return;
    text(name, out.emplace());
  }

  // {"number": "text"}
  template <class Number>
  void table(std::string_view name, std::map<Number, std::string>& out,
             std::size_t most = kMaxNameBytes) {
    const boost::json::object* entries = object(name);
    if (entries == nullptr) return;
    for (const auto& [key, value] : *entries) {
      Number number{};
      const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
      if (error != std::errc{} || end != key.data() + key.size() || !value.is_string())
        return wrong(name);
      out.emplace(number, bounded(value.get_string(), most));
    }
  }

  // nullptr: not there, or wrong.
  const boost::json::object* object(std::string_view name) {
    const boost::json::value* value = find(name);
    if (value != nullptr && !value->is_object()) wrong(name);
    return value != nullptr ? value->if_object() : nullptr;
  }
  const boost::json::array* array(std::string_view name) {
    const boost::json::value* value = find(name);
    if (value != nullptr && !value->is_array()) wrong(name);
    return value != nullptr ? value->if_array() : nullptr;
  }

  void wrong(std::string_view name) { wrong_ = bounded(name, kMaxNameBytes); }

  Result<void> check() const {
    if (wrong_.empty()) return {};
    return make_error(Errc::kCorrupt, "field \"" + wrong_ + "\" has a wrong value");
  }

 private:
  const boost::json::value* find(std::string_view name) const { return object_.if_contains(name); }

  const boost::json::object& object_;
  std::string wrong_;
};

}  // namespace wgt::recording
