// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/units.h"

#include <array>
#include <cstdio>
#include <ctime>

#include "plugin/sink/text/print.h"
#include "wgtools/base/time.h"

namespace wgt::sink {
namespace {

struct Utc {
  std::tm tm{};
  long ns = 0;
};

Utc to_utc(std::int64_t wall_ns) {
  Utc utc;
  std::time_t seconds = wall_ns / kNsPerSecond;
  utc.ns = static_cast<long>(wall_ns % kNsPerSecond);
  if (utc.ns < 0) {  // before 1970: a recording with a broken clock
    utc.ns += kNsPerSecond;
    seconds--;
  }
  gmtime_r(&seconds, &utc.tm);
  return utc;
}

// The whole second that a time lies in, as text: streams ask for a few of them again and again.
struct Second {
  std::int64_t number = INT64_MIN;  // since 1970
  std::string text = {};            // "2026-11-21T12:03:11"
};
constexpr std::size_t kDateAndT = 11;

std::string strftime(const char* format, const std::tm& tm) {
  std::array<char, 64> text{};
  std::strftime(text.data(), text.size(), format, &tm);
  return text.data();
}

const std::string& second_text(std::int64_t number) {
  thread_local std::array<Second, 16> known;
  Second& second = known[static_cast<std::uint64_t>(number) % known.size()];
  if (second.number != number) {
    const std::time_t seconds = number;
    std::tm tm{};
    gmtime_r(&seconds, &tm);
    second = {number, strftime("%Y-%m-%dT%H:%M:%S", tm)};
  }
  return second.text;
}

// Of a time, before and behind the second's point.
struct Split {
  std::int64_t second;
  std::uint32_t ns;
};
Split split(std::int64_t wall_ns) {
  std::int64_t second = wall_ns / kNsPerSecond;
  std::int64_t ns = wall_ns % kNsPerSecond;
  if (ns < 0) {
    ns += kNsPerSecond;
    second--;
  }
  return {second, static_cast<std::uint32_t>(ns)};
}

// "." and so many digits.
void append_fraction(std::string& out, std::uint32_t value, std::size_t digits) {
  out.append(1 + digits, '.');
  for (std::size_t i = 0; i < digits; ++i, value /= 10)
    out[out.size() - 1 - i] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::string format_bytes(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " B";
  constexpr std::array kUnits = {"KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); unit++) value /= 1024;
  return print("%.2f %s", value, kUnits[unit]);
}

std::string format_age(std::int64_t age_s) {
  if (age_s == 0) return "Now";
  if (age_s < 0) return "(System clock wound backward; connection problems may ensue.)";
  struct Unit {
    std::int64_t seconds;
    const char* name;
  };
  constexpr std::array<Unit, 5> kUnits = {{{std::int64_t{365} * 86400, "year"},
                                           {86400, "day"},
                                           {3600, "hour"},
                                           {60, "minute"},
                                           {1, "second"}}};
  std::string text;
  for (const auto& [seconds, name] : kUnits) {
    const std::int64_t count = age_s / seconds;
    age_s %= seconds;
    if (count == 0) continue;
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + name;
    if (count != 1) text += "s";
  }
  return text + " ago";
}

std::string format_duration(std::int64_t ns) {
  // Compared after rounding, so that 999.96 µs is 1.0 ms and not 1000.0 µs.
  const double us = static_cast<double>(ns) / 1e3;
  const double size = us < 0 ? -us : us;
  if (size < 999.95) return print("%.1f µs", us);
  if (size < 999.95e3) return print("%.1f ms", us / 1e3);
  return print("%.1f s", us / 1e6);
}

std::string format_rfc3339(std::int64_t wall_ns) {
  const auto [second, ns] = split(wall_ns);
  std::string out = second_text(second);
  append_fraction(out, ns, 9);
  return out += 'Z';
}

std::string format_date_time(std::int64_t wall_ns) {
  const Utc utc = to_utc(wall_ns);
  return strftime("%Y-%m-%d %H:%M:%S", utc.tm) + print(".%06ld UTC", utc.ns / 1000);
}

std::string format_clock(std::int64_t wall_ns) {
  const auto [second, ns] = split(wall_ns);
  std::string out = second_text(second).substr(kDateAndT);
  append_fraction(out, ns / 1'000'000, 3);
  return out;
}

}  // namespace wgt::sink
