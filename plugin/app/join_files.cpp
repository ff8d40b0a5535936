// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/join_files.h"

#include <iostream>

#include "plugin/explain/handshake_view.h"
#include "plugin/join/offline.h"

namespace wgt::app {

Result<explain::Summary> join_files(std::span<const std::string> files, const PathChoice& choice,
                                    bool handshakes, sink::Sink& writer, std::ostream& out) {
  WGT_TRY(const join::Recordings recordings, join::load_recordings(files));
  bool cut = false;
  for (const join::FileReport& file : recordings.files) {
    cut = cut || file.cut || file.damage;
    if (file.damage)
      std::cerr << "wg-trace: " << file.damage->text << "; read " << file.records
                << " records before it\n";
    else if (file.cut)
      std::cerr << "wg-trace: " << file.path << ": the file was cut; read " << file.records
                << " whole records\n";
    if (file.bad != 0)
      std::cerr << "wg-trace: " << file.path << ": left out " << file.bad << " broken records\n";
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
