// SPDX-License-Identifier: GPL-2.0-only
// What recordings of one or several hosts can testify to. Recordings with the same boot id are one
// host with one clock, however many there are and however they overlap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugin/event/host_info.h"
#include "plugin/join/hosts.h"
#include "plugin/join/joined_path.h"
#include "wgtools/base/result.h"

namespace wgt::join {

// What the command prints about each file.
struct FileReport {
  std::string path;
  std::string hostname;
  std::uint64_t records = 0;
  std::uint64_t bad = 0;                               // records that did not decode
  std::uint64_t lost = 0;                              // records that the producer could not write
  std::map<std::string, std::uint64_t> lost_by_cause;  // of these, as far as it is known
  bool cut = false;
  std::string note;             // where it was cut, if that is known
  std::optional<Error> damage;  // what came before it was read
};

// When one recording saw everything; times on its host's clock.
struct Watch {
  // Somewhere between the two, records were lost.
  struct Loss {
    std::uint64_t after_ns;
    std::uint64_t before_ns;
  };
  HostId host = 0;
  event::HostInfo info;
  std::size_t file = 0;
  std::uint64_t until_ns = 0;  // where a recording that was cut may miss records already
  std::vector<Loss> losses;

  bool lost_between(std::int64_t from_ns, std::int64_t to_ns) const;
};

struct Recordings {
  Hosts hosts;
  std::vector<Watch> watches;  // one for each file that names its host
  std::vector<FileReport> files;
};

// Records that the producers could not write, and broken ones. What all consumers of a host miss
// together counts once for recordings of the same time.
std::uint64_t records_lost(const Recordings& recordings);

// Adds one recording to the set, in the order in which things stand in it.
class RecordingLoader {
 public:
  // `out` must outlive it.
  RecordingLoader(Recordings& out, std::string path);

  void host(const event::HostInfo& host);
  // nullopt: it has named none yet.
  std::optional<HostId> host_id() const {
    return watch_ ? std::optional(watch_->host) : std::nullopt;
  }
  // Lost so far, as counted at_ns.
  void lost(std::uint64_t total, std::uint64_t at_ns);
  // report: what is left to tell of the file. until_ns: every record before it was added.
  void finish(FileReport report, std::uint64_t until_ns);

 private:
  HostId host_of(const event::HostInfo& info);

  Recordings& out_;
  std::string path_;
  std::optional<Watch> watch_;
  std::uint64_t lost_ = 0;
  std::uint64_t loss_seen_ns_ = 0;  // of the last report
};

}  // namespace wgt::join
