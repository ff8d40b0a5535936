// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/batch.h"

#include "plugin/app/collector.h"
#include "plugin/explain/handshake_view.h"
#include "plugin/join/offline.h"
#include "plugin/sink/text/say.h"

namespace wgt::app {

namespace {

void print(const join::FileReport& file) {
  const std::string records = std::to_string(file.records);
  if (file.damage)
    sink::say("wg-trace: " + file.damage->text + "; read " + records + " records");
  else if (file.cut)
    sink::say("wg-trace: " + (file.note.empty() ? file.path + ": the file was cut" : file.note) +
              "; read " + records + " whole records");
  if (file.bad != 0)
    sink::say("wg-trace: " + file.path + ": left out " + std::to_string(file.bad) +
              " broken records");
}

}  // namespace

Result<explain::Summary> run_batch(std::span<source::Source* const> sources,
                                   std::span<const std::string> names, const PathChoice& choice,
                                   bool handshakes, sink::Sink& sink) {
  WGT_TRY(const join::Recordings recordings, collect(sources, names));
  bool cut = false;
  bool damaged = false;
  for (const join::FileReport& file : recordings.files) {
    cut = cut || file.cut || file.damage;
    damaged = damaged || file.damage;
    print(file);
  }
  PathStream stream(choice, sink, {});
  const auto& hosts = recordings.hosts.all();
  join::OfflineSink joined{.path = [&](const join::JoinedPath& path) { stream.path(path, hosts); }};
  if (handshakes)
    joined.handshake = [&](const join::JoinedHandshake& step) {
      sink.handshake(explain::build_handshake_view(step, hosts));
    };
  join::join_recordings(recordings, joined);
  WGT_TRY(explain::Summary summary, stream.finish(join::records_lost(recordings), cut));
  summary.damaged = damaged;
  return summary;
}

}  // namespace wgt::app
