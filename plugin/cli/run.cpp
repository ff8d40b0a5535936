// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/cli/run.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <clocale>
#include <csignal>
#include <iomanip>
#include <iostream>
#include <new>

#include "plugin/cli/command.h"
#include "plugin/cli/standard_output.h"
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

// What could not be written is an error of every command, but for a reader that has seen enough.
int finish(const Result<ExitCode>& result, StandardOutput& output, const Command* command) {
  const Result<void> written = output.finish();
  if (output.reader_left()) return static_cast<int>(result.value_or(ExitCode::kDone));
  if (!written) return fail(written.error(), command);
  return result ? static_cast<int>(*result) : fail(result.error(), command);
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

// What was begun without standard input or output must not find one of its own files there.
void occupy_standard_descriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(fd, F_GETFD) < 0)  // where the wrong way to use it is EBADF still
      (void)::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);  // NOLINT
}

int run_words(const std::vector<std::string>& all, StandardOutput& output) {
  std::vector<std::string> words = command_first(all);
  if (words.empty()) words = {"show"};
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    print_usage(std::cout);
    return finish(ExitCode::kDone, output, nullptr);
  }
  if (words[0] == "--version" || words[0] == "-V") {
    std::cout << "wg-trace " << WGT_VERSION << "\n";
    return finish(ExitCode::kDone, output, nullptr);
  }
  const Command* command = find_command(words[0]);
  if (command == nullptr)
    return fail(make_error(Errc::kInvalid, "there is no command '" + words[0] + "'"), nullptr);
  const auto arguments = parse_arguments(*command, {words.begin() + 1, words.end()});
  if (!arguments) return fail(arguments.error(), command);
  if (arguments->help) {
    print_help(*command);
    return finish(ExitCode::kDone, output, command);
  }
  return finish(run_command(*command, *arguments), output, command);
}

}  // namespace

int run(const std::vector<std::string>& all) {
  std::setlocale(LC_CTYPE, "");  // NOLINT(concurrency-mt-unsafe): nothing runs yet
  std::signal(SIGPIPE, SIG_IGN);
  occupy_standard_descriptors();
  StandardOutput output(std::cout, STDOUT_FILENO);
  return run_words(all, output);
}

}  // namespace wgt::cli
