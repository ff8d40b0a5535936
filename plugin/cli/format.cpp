// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/cli/format.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "plugin/cli/command.h"
#include "plugin/cli/terminal.h"
#include "plugin/sink/sinks.h"

namespace wgt::cli {
namespace {

constexpr mode_t kMode = 0600;  // who talks with whom is nobody else's business

Error no_terminal(const sink::SinkKind& kind) {
  const std::string name(kind.name);
  return usage_error(
      "--format " + name +
      " is binary and nothing for a terminal: write a file with -o FILE, or give it "
      "to a program that reads it, as with `| tshark -r -` or `| wireshark -k -i -`");
}

}  // namespace

Result<std::unique_ptr<FormattedOutput>> FormattedOutput::open(const Arguments& arguments,
                                                               std::ostream& standard) {
  const sink::SinkKind& kind = *sink::find_sink(arguments.format);
  std::unique_ptr<FormattedOutput> output(new FormattedOutput);
  if (!arguments.output || *arguments.output == "-") {
    if (kind.binary && ::isatty(STDOUT_FILENO) == 1) return no_terminal(kind);
    output->sink_ = kind.make(standard, text_style(arguments.color));
    return output;
  }
  const std::string& file = *arguments.output;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg)
  output->fd_ = UniqueFd(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode));
  if (!output->fd_) return sys_error(errno, "write", file);
  if (kind.binary && ::isatty(output->fd_.get()) == 1) return no_terminal(kind);
  output->file_.emplace(output->stream_, output->fd_.get(), file);
  output->sink_ = kind.make(output->stream_, text_style(arguments.color, output->fd_.get()));
  return output;
}

Result<void> FormattedOutput::finish() {
  if (!file_ || file_->reader_left()) return {};
  return file_->finish();
}

}  // namespace wgt::cli
