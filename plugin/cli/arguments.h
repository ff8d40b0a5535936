// SPDX-License-Identifier: GPL-2.0-only
// A command line after its command name. One table of options (arguments.cpp)
// feeds both the parser and every command's help.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "wgtools/base/result.h"

namespace wgt::cli {

struct Command;

struct Arguments {
  std::vector<std::string> words;  // IFACE, FILE…, and FILTER's words
  std::optional<std::string> netns;
  std::optional<std::string> output;      // -o FILE
  std::optional<std::string> prometheus;  // ADDR:PORT
  std::optional<std::chrono::milliseconds> duration;
  std::optional<std::uint64_t> count;
  std::optional<std::string> pair;  // where the other end listens
  std::optional<std::string> peer;  // its public key
  std::optional<std::string> bind;
  std::optional<std::uint64_t> sample;
  std::optional<std::uint64_t> size;
  std::optional<std::chrono::seconds> since;  // how far back
  std::string color = "auto";
  std::string format = "line";  // a row of sink::sink_kinds()
  bool all = false;
  bool drops = false;
  bool json = false;
  bool stdio = false;
  bool verbose = false;
  bool stack = false;
  bool handshakes = false;
  bool dont_fragment = false;
  bool help = false;
};

// Bits of Command::options.
enum Option : unsigned {
  kNetns = 1u << 0u,
  kAll = 1u << 1u,
  kJson = 1u << 2u,
  kFor = 1u << 3u,
  kCount = 1u << 4u,
  kDrops = 1u << 5u,
  kVerbose = 1u << 6u,
  kColor = 1u << 7u,
  kOutput = 1u << 8u,
  kPair = 1u << 9u,  // --pair, --peer
  kBind = 1u << 10u,
  kStdio = 1u << 11u,
  kStack = 1u << 12u,
  kSince = 1u << 13u,
  kHandshakes = 1u << 14u,
  kPrometheus = 1u << 15u,
  kFormat = 1u << 17u,
  kSample = 1u << 18u,
  kProbe = 1u << 19u,     // --size, --df
  kMonitors = 1u << 16u,  // no option: its exit status is that of a monitoring plugin
};

// Errors: kInvalid, in the user's words.
Result<Arguments> parse_arguments(const Command& command, const std::vector<std::string>& words);

std::string options_help(const Command& command);

// words[first…] joined: FILTER may be one argument or several.
std::string filter_words(const Arguments& arguments, std::size_t first);

}  // namespace wgt::cli
