// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/batch.h"

#include "plugin/app/recorded_join.h"
#include "plugin/explain/handshake_view.h"
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

void print(const join::JoinStats& stats) {
  if (const auto late = stats.late_records + stats.late_drops; late != 0)
    sink::say("wg-trace: " + std::to_string(late) +
              " records came after their path was told, or are of no packet that is known");
  if (stats.evicted != 0)
    sink::say("wg-trace: " + std::to_string(stats.evicted) +
              " packets are unknown: too many were waited for at the same time");
}

}  // namespace

Result<explain::Summary> run_batch(std::span<source::Source* const> sources,
                                   std::span<const std::string> names, const PathChoice& choice,
                                   bool handshakes, sink::Sink& sink) {
  WGT_TRY(Survey surveyed, survey(sources, names));
  RecordedJoin join(std::move(surveyed), sources, choice.drops_only);
  PathStream stream(choice, sink, {});
  RecordedJoin::Out out{
      .path = [&](const join::JoinedPath& path) { return stream.path(path, join.hosts()); },
      .enough = [&] { return stream.enough() || sink.room() == sink::Room::kClosed; }};
  if (handshakes)
    out.handshake = [&](const join::JoinedHandshake& step) {
      sink.handshake(explain::build_handshake_view(step, join.hosts()));
    };
  const RecordedStats stats = join.run(out);
  bool cut = false;
  bool damaged = false;
  for (const join::FileReport& file : join.recordings().files) {
    cut = cut || file.cut || file.damage;
    damaged = damaged || file.damage;
    print(file);
  }
  print(stats.join);
  WGT_TRY(explain::Summary summary,
          stream.finish(join::records_lost(join.recordings()) + stats.join.evicted, cut,
                        {.filtered = stats.join.passed_over}));
  summary.damaged = damaged;
  return summary;
}

}  // namespace wgt::app
