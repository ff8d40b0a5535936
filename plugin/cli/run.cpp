// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/cli/run.h"

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <clocale>
#include <csignal>
#include <iomanip>
#include <iostream>
#include <new>

#include "plugin/cli/command.h"
#include "plugin/sink/text/say.h"

namespace wgt::cli {

namespace {

constexpr const char* kIntro =
    "wg-trace follows packets through WireGuard tunnels and names the step where one\n"
    "died, and why.\n\n";

void print_usage(std::ostream& out) {
  out << kIntro << "Usage: wg-trace [COMMAND [OPTIONS]]\n\nCommands:\n";
  for (const Command& c : commands())
    out << "  " << std::left << std::setw(8) << c.name << c.summary << "\n";
  out << "\nwg-trace alone is wg-trace show. wg-trace COMMAND --help explains a command.\n"
         "Exit status: 0 done, 1 failed, 2 usage, 3 done but records were lost.\n";
}

void print_help(const Command& c) {
  std::cout << "Usage: wg-trace " << c.name << (c.usage.empty() ? "" : " ") << c.usage
            << " [OPTIONS]\n\n"
            << c.details << "\n"
            << options_help(c);
}

int fail(const Error& error, const Command* command) {
  sink::say("wg-trace: " + error.text);
  // There 1 and 2 say how the tunnels are.
  const bool monitors = command != nullptr && (command->options & kMonitors) != 0;
  if (monitors) return static_cast<int>(ExitCode::kCannotTell);
  if (error.code != Errc::kInvalid) return static_cast<int>(ExitCode::kFailed);
  sink::say("Try: wg-trace " + (command != nullptr ? std::string(command->name) + " " : "") +
            "--help");
  return static_cast<int>(ExitCode::kUsage);
}

// `wg-trace -n red up wg0`, as `ip -n red link`: options before the command move behind it.
std::vector<std::string> command_first(std::vector<std::string> words) {
  auto command = words.begin();
  while (command != words.end() && (*command == "-n" || *command == "--netns") &&
         words.end() - command > 2)
    command += 2;
  std::rotate(words.begin(), command, command == words.end() ? command : command + 1);
  return words;
}

// The program's own errors are Results; what libraries throw is told as one.
Result<ExitCode> run_command(const Command& command, const Arguments& arguments) {
  const std::string name(command.name);
  try {
    return command.run(arguments);
  } catch (const std::bad_alloc&) {
    return make_error(Errc::kSystem, name +
                                         ": there is not enough memory (limits: ulimit -v, "
                                         "or memory.max of the control group)");
  } catch (const boost::system::system_error& error) {
    return make_error(Errc::kSystem, name + ": " + error.code().message());
  }
}

}  // namespace

int run(const std::vector<std::string>& all) {
  std::setlocale(LC_CTYPE, "");  // NOLINT(concurrency-mt-unsafe): nothing runs yet
  std::signal(SIGPIPE, SIG_IGN);
  std::vector<std::string> words = command_first(all);
  if (words.empty()) words = {"show"};
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    print_usage(std::cout);
    return static_cast<int>(ExitCode::kDone);
  }
  if (words[0] == "--version" || words[0] == "-V") {
    std::cout << "wg-trace " << WGT_VERSION << "\n";
    return static_cast<int>(ExitCode::kDone);
  }
  const Command* command = find_command(words[0]);
  if (command == nullptr)
    return fail(make_error(Errc::kInvalid, "there is no command '" + words[0] + "'"), nullptr);
  const auto arguments = parse_arguments(*command, {words.begin() + 1, words.end()});
  if (!arguments) return fail(arguments.error(), command);
  if (arguments->help) {
    print_help(*command);
    return static_cast<int>(ExitCode::kDone);
  }
  const auto result = run_command(*command, *arguments);
  if (!result) return fail(result.error(), command);
  return static_cast<int>(*result);
}

}  // namespace wgt::cli
