// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/join_files.h"

#include "plugin/explain/handshake_view.h"
#include "plugin/join/offline.h"
#include "plugin/sink/text/say.h"

namespace wgt::app {

Result<explain::Summary> join_files(std::span<const std::string> files, const PathChoice& choice,
                                    bool handshakes, sink::Sink& writer, std::ostream& out) {
  WGT_TRY(const join::Recordings recordings, join::load_recordings(files));
  bool cut = false;
  for (const join::FileReport& file : recordings.files) {
    cut = cut || file.cut || file.damage;
    if (file.damage)
      sink::say("wg-trace: " + file.damage->text + "; read " + std::to_string(file.records) +
                " records before it");
    else if (file.cut)
      sink::say("wg-trace: " + file.path + ": the file was cut; read " +
                std::to_string(file.records) + " whole records");
    if (file.bad != 0)
      sink::say("wg-trace: " + file.path + ": left out " + std::to_string(file.bad) +
                " broken records");
  }
  PathStream stream(choice, writer, {});
  const auto& hosts = recordings.hosts.all();
  join::OfflineSink sink{
      .path = [&](const join::JoinedPath& joined) { stream.path(joined, hosts); }};
  if (handshakes)
    sink.handshake = [&](const join::JoinedHandshake& joined) {
      writer.handshake(explain::build_handshake_view(joined, hosts));
    };
  join::join_recordings(recordings, sink);
  const explain::Summary summary = stream.finish(join::records_lost(recordings), cut);
  out.flush();
  if (!out) return make_error(Errc::kSystem, "write the paths: the output is closed or full");
  return summary;
}

}  // namespace wgt::app
