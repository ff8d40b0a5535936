// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/cli/arguments.h"

#include <boost/algorithm/string/join.hpp>
#include <boost/program_options.hpp>
#include <limits>
#include <sstream>

#include "plugin/cli/command.h"
#include "plugin/sink/sinks.h"

namespace wgt::cli {

namespace {

namespace po = boost::program_options;

struct OptionRow {
  unsigned bit;  // 0: every command has it
  const char* names;
  const char* argument;  // null: a switch
  const char* help;      // null: format_help()
};

constexpr OptionRow kOptions[] = {
    {kNetns, "netns,n", "NAME", "the interface is in this network namespace (as ip -n)"},
    {kAll, "all,a", nullptr, "every traced interface of this host, in any namespace"},
    {kPair, "pair,p", "WHERE",
     "join with the other end, live: HOST[:PORT] or ssh:HOST[/IFACE], where wg-trace listens"},
    {kPair, "peer", "KEY", "the public key of the peer that WHERE is, if it is not clear"},
    {kSample, "sample", "N", "only one of N packets (also 1/N), the same on both hosts; drops all"},
    {kBind, "bind,b", "ADDRESS",
     "listen on this address only, or address:port; default: all, 51822"},
    {kStdio, "stdio", nullptr, "one session on standard input and output, as ssh gives them"},
    {kOutput, "output,o", "FILE", "the file to write; - is the standard output"},
    {kDrops, "drops,d", nullptr, "only packets that did not arrive"},
    {kVerbose, "verbose,v", nullptr, "the whole path of each packet, hop by hop"},
    {kHandshakes, "handshakes", nullptr, "the steps of handshakes too"},
    {kStack, "stack", nullptr, "with drops, how the kernel came there; implies -v"},
    {kJson, "json,j", nullptr, "one JSON object a line"},
    {kFormat, "format,f", "NAME", nullptr},
    {kFor, "for,t", "SECONDS", "stop after this time"},
    {kCount, "count,c", "N", "stop after so many"},
    {kProbe, "size", "BYTES", "of each probe, behind the header of ICMP; default: 56"},
    {kProbe, "df", nullptr, "do not fragment probes; without --size: as large as fits"},
    {kSince, "since,s", "TIME", "also what happened since then: 90, 10m, 2h, 3d ago"},
    {kPrometheus, "prometheus", "ADDRESS", "where to listen for Prometheus, with the port"},
    {kColor, "color", "WHEN", "auto, always or never (also: NO_COLOR)"},
    {0, "help,h", nullptr, "show this text"},
};

// The outputs are what the table of sinks has.
std::string format_help() {
  std::string text = "how to print";
  const char* separator = ": ";
  for (const sink::SinkKind& kind : sink::sink_kinds()) {
    text += separator + std::string(kind.name) + " (" + std::string(kind.help) + ")";
    separator = ", ";
  }
  return text;
}

po::options_description description(const Command& command) {
  constexpr unsigned kColumns = 80;
  po::options_description all("Options", kColumns);
  for (const OptionRow& row : kOptions) {
    if (row.bit != 0 && (command.options & row.bit) == 0) continue;
    const std::string help = row.help != nullptr ? row.help : format_help();
    if (row.argument == nullptr)
      all.add_options()(row.names, help.c_str());
    else
      all.add_options()(row.names, po::value<std::string>()->value_name(row.argument),
                        help.c_str());
  }
  return all;
}

// What --format, --json and -v mean together: the last two are short for json and block.
Result<std::string> format_of(const std::optional<std::string>& named, bool json, bool verbose) {
  const std::string short_form = json ? "json" : verbose ? "block" : "line";
  if (!named) return short_form;
  if (sink::find_sink(*named) == nullptr) {
    std::string known;
    for (const sink::SinkKind& kind : sink::sink_kinds())
      known += (known.empty() ? "" : ", ") + std::string(kind.name);
    return make_error(Errc::kInvalid,
                      "--format " + *named + ": there is no such format; say one of " + known);
  }
  if ((json || verbose) && *named != short_form)
    return make_error(Errc::kInvalid, "--format " + *named + " and " + (json ? "--json" : "-v") +
                                          ": say one of them");
  return *named;
}

Result<double> positive_number(const std::string& option, const std::string& text) {
  std::istringstream in(text);
  double value = 0;
  // A year is longer than anybody watches, and far from every overflow.
  constexpr double kMost = 366.0 * 24 * 3600;
  if (!(in >> value) || in.peek() != EOF || !(value > 0) || value > kMost)
    return make_error(Errc::kInvalid, option + " " + text + ": not a number of seconds");
  return value;
}

Result<std::uint64_t> positive_count(const std::string& option, const std::string& text) {
  std::istringstream in(text);
  std::uint64_t value = 0;
  if (text.empty() || text[0] < '0' || text[0] > '9' || !(in >> value) || in.peek() != EOF ||
      value == 0)
    return make_error(Errc::kInvalid, option + " " + text + ": not a whole number above 0");
  return value;
}

Result<std::chrono::seconds> time_ago(const std::string& option, const std::string& text) {
  struct Unit {
    const char* name;
    std::int64_t seconds;
  };
  constexpr Unit kUnits[] = {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
  constexpr std::int64_t kMost = 366 * 86400LL;
  std::istringstream in(text);
  std::int64_t value = 0;
  std::string unit;
  if (!text.empty() && text[0] >= '0' && text[0] <= '9' && in >> value) {
    in >> unit;
    for (const Unit& u : kUnits)
      if (unit == u.name && value > 0 && value <= kMost / u.seconds)
        return std::chrono::seconds(value * u.seconds);
  }
  return make_error(Errc::kInvalid, option + " " + text + ": say 90, 10m, 2h or 3d");
}

}  // namespace

Result<Arguments> parse_arguments(const Command& command, const std::vector<std::string>& words) {
  po::options_description options = description(command);
  options.add_options()("words", po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add("words", -1);
  po::variables_map given;
  try {
    // No guessing: a new option must not change what old scripts mean.
    using style = po::command_line_style::style_t;
    po::store(po::command_line_parser(words)
                  .options(options)
                  .positional(positional)
                  .style((style::unix_style & ~style::allow_guessing))
                  .run(),
              given);
  } catch (const po::error& error) {
    return make_error(Errc::kInvalid, error.what());
  }
  const auto text = [&](const char* name) -> std::optional<std::string> {
    if (given.count(name) == 0) return std::nullopt;
    return given[name].as<std::string>();
  };

  Arguments a;
  if (given.count("words") != 0) a.words = given["words"].as<std::vector<std::string>>();
  a.netns = text("netns");
  a.output = text("output");
  a.prometheus = text("prometheus");
  if (const auto seconds = text("for")) {
    WGT_TRY(const double value, positive_number("--for", *seconds));
    a.duration = std::chrono::milliseconds(static_cast<std::int64_t>(value * 1000) + 1);
  }
  if (const auto count = text("count")) {
    WGT_TRY(a.count, positive_count("--count", *count));
  }
  a.pair = text("pair");
  a.peer = text("peer");
  a.bind = text("bind");
  if (const auto sample = text("sample")) {
    const std::string_view number = *sample;
    WGT_TRY(a.sample,
            positive_count("--sample",
                           std::string(number.starts_with("1/") ? number.substr(2) : number)));
    if (*a.sample > std::numeric_limits<std::uint32_t>::max())
      return make_error(Errc::kInvalid, "--sample " + *sample + ": too large");
  }
  if (const auto size = text("size")) {
    WGT_TRY(a.size, positive_count("--size", *size));
  }
  if (const auto since = text("since")) {
    WGT_TRY(a.since, time_ago("--since", *since));
  }
  if (const auto color = text("color")) a.color = *color;
  if (a.color != "auto" && a.color != "always" && a.color != "never")
    return make_error(Errc::kInvalid, "--color " + a.color + ": say auto, always or never");
  a.all = given.count("all") != 0;
  a.drops = given.count("drops") != 0;
  a.json = given.count("json") != 0;
  a.stack = given.count("stack") != 0;
  a.stdio = given.count("stdio") != 0;
  a.verbose = a.stack || given.count("verbose") != 0;
  const auto format = text("format");
  WGT_TRY(a.format, format_of(format, a.json, given.count("verbose") != 0 || (a.stack && !format)));
  a.handshakes = given.count("handshakes") != 0;
  a.dont_fragment = given.count("df") != 0;
  a.help = given.count("help") != 0;
  return a;
}

std::string options_help(const Command& command) {
  std::ostringstream text;
  text << description(command);
  return text.str();
}

std::string filter_words(const Arguments& arguments, std::size_t first) {
  std::vector<std::string> words;
  if (first < arguments.words.size())
    words.assign(arguments.words.begin() + static_cast<std::ptrdiff_t>(first),
                 arguments.words.end());
  return boost::algorithm::join(words, " ");
}

}  // namespace wgt::cli
