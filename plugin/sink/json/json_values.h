// SPDX-License-Identifier: GPL-2.0-only
// What every JSON object of ours has in common.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "plugin/explain/interface_view.h"
#include "plugin/sink/text/printable.h"
#include "plugin/sink/text/units.h"

namespace wgt::sink {

inline constexpr int kSchema = 1;

// A value as a line of output. Whatever steers a terminal is escaped, as JSON allows in strings:
// to a program it is the same text.
std::string json_line(const boost::json::value& value);

template <class Number>
boost::json::value or_null(const std::optional<Number>& number) {
  return number ? boost::json::value(*number) : boost::json::value(nullptr);
}

inline boost::json::value text_or_null(const std::optional<std::string>& text) {
  return text ? boost::json::value(valid_utf8(*text)) : boost::json::value(nullptr);
}

inline boost::json::value number_or_null(std::uint64_t number) {  // 0: null
  return number != 0 ? boost::json::value(number) : boost::json::value(nullptr);
}

inline boost::json::value time_or_null(std::int64_t wall_ns) {  // 0: null
  return wall_ns != 0 ? boost::json::value(format_rfc3339(wall_ns)) : boost::json::value(nullptr);
}

inline boost::json::object latency(const explain::Latency& latency) {
  const bool known = latency.samples != 0;
  return {{"p50", known ? boost::json::value(latency.p50_ns) : boost::json::value(nullptr)},
          {"p99", known ? boost::json::value(latency.p99_ns) : boost::json::value(nullptr)},
          {"samples", latency.samples}};
}

}  // namespace wgt::sink
