// SPDX-License-Identifier: GPL-2.0-only
// Recordings joined, with all that comes out.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <span>
#include <string>
#include <vector>

#include "plugin/app/recorded_join.h"
#include "plugin/source/recording/recording_source.h"
#include "tests/plugin/join/reference_join.h"

namespace wgt::join::test {

// Sources of files.
struct Files {
  explicit Files(std::span<const std::string> paths) {
    for (const std::string& path : paths) sources.push_back(&opened.emplace_back(path));
  }
  std::deque<recording::RecordingSource> opened;
  std::vector<source::Source*> sources;
};

struct JoinedFiles {
  Recordings recordings;
  app::RecordedStats stats;
  std::vector<JoinedPath> paths;  // also those that amend others
  std::vector<JoinedHandshake> handshakes;
};

inline JoinedFiles join_files(std::span<const std::string> paths, bool drops_only = false) {
  JoinedFiles out;
  Files files(paths);
  auto surveyed = app::survey(files.sources, paths);
  EXPECT_TRUE(surveyed) << surveyed.error().text;
  if (!surveyed) return out;
  app::RecordedJoin join(*std::move(surveyed), files.sources, drops_only);
  out.stats =
      join.run({.path =
                    [&](const JoinedPath& path) {
                      out.paths.push_back(path);
                      return true;
                    },
                .handshake = [&](const JoinedHandshake& step) { out.handshakes.push_back(step); }});
  out.recordings = join.recordings();
  return out;
}

inline std::vector<JoinedPath> reference_join(std::span<const std::string> paths) {
  Files files(paths);
  return join::reference_join(files.sources, paths);
}

}  // namespace wgt::join::test
