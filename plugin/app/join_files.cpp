// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/join_files.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <deque>
#include <vector>

#include "plugin/app/batch.h"
#include "plugin/source/recording/recording_source.h"

namespace wgt::app {

namespace {

// Recordings are read twice: what comes through a pipe is put into a file without a name first.
Result<void> keep_standard_input() {
  if (::lseek(STDIN_FILENO, 0, SEEK_CUR) >= 0) return {};
  std::FILE* const kept = std::tmpfile();
  if (kept == nullptr) return errno_error("keep", "standard input in a temporary file");
  std::array<char, std::size_t{64} * 1024> bytes{};
  ssize_t got = 0;
  bool written = true;
  while (written && (got = ::read(STDIN_FILENO, bytes.data(), bytes.size())) > 0)
    written = std::fwrite(bytes.data(), 1, static_cast<std::size_t>(got), kept) ==
              static_cast<std::size_t>(got);
  written = std::fflush(kept) == 0 && written;
  Result<void> result;
  if (got < 0)
    result = errno_error("read", "standard input");
  else if (!written || ::dup2(::fileno(kept), STDIN_FILENO) < 0)
    result = errno_error("keep", "standard input in a temporary file");
  std::fclose(kept);
  return result;
}

}  // namespace

Result<explain::Summary> join_files(std::span<const std::string> files, const PathChoice& choice,
                                    bool handshakes, sink::Sink& sink) {
  if (std::ranges::find(files, "-") != files.end()) {
    WGT_TRY_VOID(keep_standard_input());
  }
  std::deque<recording::RecordingSource> recordings;
  std::vector<source::Source*> sources;
  for (const std::string& file : files) sources.push_back(&recordings.emplace_back(file));
  return run_batch(sources, files, choice, handshakes, sink);
}

}  // namespace wgt::app
