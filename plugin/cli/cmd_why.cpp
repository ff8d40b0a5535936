// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <charconv>
#include <chrono>
#include <iostream>

#include "plugin/app/why.h"
#include "plugin/cli/command.h"
#include "plugin/cli/terminal.h"
#include "plugin/sink/json/answer_json.h"
#include "plugin/sink/json/json_values.h"
#include "plugin/sink/text/answer_text.h"
#include "plugin/sink/text/ping_text.h"
#include "plugin/sink/text/say.h"

namespace wgt::cli {
namespace {

constexpr std::uint64_t kMostBytes = 65'507;  // an IPv4 packet without its headers

Result<std::uint16_t> parse_port(const std::string& text) {
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc() || at != end || port == 0)
    return usage_error(text + ": not a port from 1 to 65535");
  return port;
}

Result<app::WhyOptions> options_of(const Arguments& arguments) {
  if (arguments.words.empty() || arguments.words.size() > 2)
    return usage_error("name one address, and perhaps a TCP port");
  app::WhyOptions options;
  WGT_TRY(options.probe.to, app::find_destination(arguments.words[0], arguments.netns));
  if (!arguments.json && to_string(options.probe.to) != arguments.words[0])
    sink::say(arguments.words[0] + " is " + to_string(options.probe.to));
  if (arguments.words.size() == 2) {
    WGT_TRY(options.probe.port, parse_port(arguments.words[1]));
  }
  if (options.probe.port && (arguments.size || arguments.dont_fragment))
    return usage_error("--size and --df are about ICMP echoes: leave out the port");
  if (arguments.size.value_or(0) > kMostBytes)
    return usage_error("--size: at most " + std::to_string(kMostBytes));
  options.probe.size = static_cast<std::uint32_t>(arguments.size.value_or(options.probe.size));
  options.probe.dont_fragment = arguments.dont_fragment;
  options.largest = arguments.dont_fragment && !arguments.size;
  options.probe.count = arguments.count.value_or(options.probe.count);
  options.netns = arguments.netns;
  options.pair = arguments.pair;
  if (arguments.peer) {
    if (!arguments.pair) return usage_error("--peer belongs to --pair");
    auto key = wg::parse_public_key(*arguments.peer);
    if (!key) return with_context(key.error(), "--peer");
    options.pair_peer = *key;
  }
  options.begins = [](const health::WhyFacts& facts) {
    sink::say("probing " + health::destination_words(facts) + " through " + facts.interface + " …");
  };
  return options;
}

ExitCode exit_code(health::Outcome outcome) {
  constexpr ExitCode kCodes[] = {ExitCode::kDone, ExitCode::kWarning, ExitCode::kFault,
                                 ExitCode::kCannotTell};
  return kCodes[static_cast<std::size_t>(outcome)];
}

// The same as for one question, running.
constexpr std::uint64_t kMostProbes = 65'535;  // numbers of ICMP echoes

}  // namespace

Result<ExitCode> run_ping(const Arguments& arguments) {
  WGT_TRY(app::WhyOptions options, options_of(arguments));
  options.probe.count = std::min(arguments.count.value_or(kMostProbes), kMostProbes);
  options.probe.interval = std::chrono::seconds(1);
  sink::PingText text(std::cout, text_style(arguments.color));
  std::uint64_t answered = 0;
  std::uint64_t probes = 0;
  if (!arguments.json) options.begins = [&](const health::WhyFacts& facts) { text.begin(facts); };
  // Until its reader has seen enough.
  options.finished = [&](const health::Probe& probe) {
    probes++;
    if (probe.answer_ns) answered++;
    if (!arguments.json) {
      text.probe(probe);
      return std::cout.good();
    }
    boost::json::object line = {{"schema", sink::kSchema}, {"kind", "probe"}};
    for (auto& [name, value] : sink::to_json(probe)) line[name] = value;
    std::cout << sink::json_line(line) << std::flush;
    return std::cout.good();
  };
  WGT_TRY(app::Why why, app::why(options));
  if (arguments.json) {
    std::cout << sink::json_line(sink::to_json(why.facts, why.answer));
    return exit_code(why.answer.outcome);
  }
  text.summary();
  // All is well: that was said in lines.
  if (probes != 0 && answered == probes && why.answer.outcome == health::Outcome::kFine)
    return ExitCode::kDone;
  std::cout << "\n";
  sink::answer_text(std::cout, why.facts, why.answer, text_style(arguments.color));
  return exit_code(why.answer.outcome);
}

Result<ExitCode> run_why(const Arguments& arguments) {
  WGT_TRY(const app::WhyOptions options, options_of(arguments));
  WGT_TRY(const app::Why why, app::why(options));
  if (arguments.json)
    std::cout << sink::json_line(sink::to_json(why.facts, why.answer));
  else
    sink::answer_text(std::cout, why.facts, why.answer, text_style(arguments.color));
  return exit_code(why.answer.outcome);
}

}  // namespace wgt::cli
