// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/join_files.h"

#include <deque>
#include <vector>

#include "plugin/app/batch.h"
#include "plugin/source/recording/recording_source.h"

namespace wgt::app {

Result<explain::Summary> join_files(std::span<const std::string> files, const PathChoice& choice,
                                    bool handshakes, sink::Sink& sink) {
  std::deque<recording::RecordingSource> recordings;
  std::vector<source::Source*> sources;
  for (const std::string& file : files) sources.push_back(&recordings.emplace_back(file));
  return run_batch(sources, files, choice, handshakes, sink);
}

}  // namespace wgt::app
