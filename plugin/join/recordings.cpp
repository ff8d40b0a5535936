// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/recordings.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "plugin/source/recording/reader.h"

namespace wgt::join {
namespace {

// Takes over what only the other recording of the same host knows.
void merge_into(event::HostInfo& host, const event::HostInfo& other) {
  host.drop_reasons.insert(other.drop_reasons.begin(), other.drop_reasons.end());
  host.functions.insert(other.functions.begin(), other.functions.end());
  host.stacks.insert(other.stacks.begin(), other.stacks.end());
  for (const event::DeviceInfo& device : other.devices) {
    const bool known = std::any_of(host.devices.begin(), host.devices.end(),
                                   [&](const auto& d) { return d.key == device.key; });
    if (!known) host.devices.push_back(device);
  }
}

// Reads one file into the set.
class FileLoader {
 public:
  FileLoader(Recordings& out, std::size_t max_records, std::string path)
      : out_(out), max_records_(max_records) {
    report_.path = std::move(path);
  }

  Result<void> load() {
    WGT_TRY(recording::Reader reader, recording::Reader::open(report_.path));
    while (true) {
      Result<std::optional<recording::Frame>> frame = reader.next();
      if (!frame) report_.damage = frame.error();
      if (!frame || !*frame) break;
      WGT_TRY_VOID(std::visit([this](auto& content) { return take(std::move(content)); }, **frame));
    }
    report_.cut = reader.cut();
    report_.bad = reader.stats().bad();
    finish();
    return {};
  }

 private:
  Result<void> take(const event::HostInfo& host) {
    if (!watch_) {
      watch_.emplace();
      watch_->host = host_of(host);
      loss_seen_ns_ = host.watch_started_mono_ns;
    }
    watch_->info = host;
    return {};
  }

  Result<void> take(std::vector<event::Event> records) {
    if (out_.records.size() + records.size() > max_records_) {
      return make_error(Errc::kInvalid, report_.path + ": more than " +
                                            std::to_string(max_records_) +
                                            " records in all: record with a filter or --count");
    }
    report_.records += records.size();
    for (event::Event& event : records) {
      last_record_ns_ = std::max(last_record_ns_, event::last_hop_ns(event));
      out_.records.push_back({{watch_->host, std::move(event)}, out_.files.size()});
    }
    return {};
  }

  Result<void> take(const recording::LostReport& lost) {
    saw_losses(lost.total(), lost.mono_ns);
    report_.lost_by_cause = lost.by_cause;
    return {};
  }

  Result<void> take(const recording::EndSummary& end) {
    report_.filtered = end.filtered;
    ended_ns_ = end.watch_ended_mono_ns != 0 ? end.watch_ended_mono_ns : last_record_ns_;
    saw_losses(end.lost, *ended_ns_);
    return {};
  }

  void saw_losses(std::uint64_t total, std::uint64_t at_ns) {
    if (watch_ && total > report_.lost) watch_->losses.push_back({loss_seen_ns_, at_ns});
    report_.lost = std::max(report_.lost, total);
    loss_seen_ns_ = std::max(loss_seen_ns_, at_ns);
  }

  HostId host_of(const event::HostInfo& info) {
    for (HostId host = 0; host < out_.hosts.all().size(); ++host)
      if (!info.boot_id.empty() && out_.hosts[host].boot_id == info.boot_id) return host;
    return out_.hosts.add(info);
  }

  void finish() {
    if (watch_) {
      report_.hostname = watch_->info.hostname;
      // Of a file that was cut nobody knows what came after its last report on losses.
      watch_->until_ns = ended_ns_.value_or(loss_seen_ns_);
      watch_->info.watch_ended_mono_ns = watch_->until_ns;
      watch_->file = out_.files.size();
      event::HostInfo merged = out_.hosts[watch_->host];
      merge_into(merged, watch_->info);
      out_.hosts.update(watch_->host, std::move(merged));
      out_.watches.push_back(*std::move(watch_));
    }
    out_.files.push_back(std::move(report_));
  }

  Recordings& out_;
  std::size_t max_records_;
  FileReport report_;
  std::optional<Watch> watch_;
  std::optional<std::uint64_t> ended_ns_;
  std::uint64_t loss_seen_ns_ = 0;  // of the last report
  std::uint64_t last_record_ns_ = 0;
};

// What a consumer misses alone: its ring was full, or it was taken for dead.
bool is_own(const std::string& cause) { return cause == "ring" || cause == "taken_for_dead"; }

bool overlap(const Watch& a, const Watch& b) {
  return a.host == b.host && a.info.watch_started_mono_ns <= b.until_ns &&
         b.info.watch_started_mono_ns <= a.until_ns;
}

}  // namespace

std::uint64_t records_lost(const Recordings& recordings) {
  std::uint64_t all = 0;
  for (const FileReport& file : recordings.files) all += file.lost + file.bad;
  // Of those counted in several recordings at once only the largest count stays.
  for (auto later = recordings.watches.begin(); later != recordings.watches.end(); ++later) {
    for (const auto& [cause, count] : recordings.files[later->file].lost_by_cause) {
      std::uint64_t reported = 0;
      for (auto earlier = recordings.watches.begin(); earlier != later; ++earlier) {
        const auto& causes = recordings.files[earlier->file].lost_by_cause;
        const auto same = causes.find(cause);
        if (!is_own(cause) && overlap(*earlier, *later) && same != causes.end())
          reported = std::max(reported, same->second);
      }
      all -= std::min(reported, count);
    }
  }
  return all;
}

bool Watch::lost_between(std::int64_t from_ns, std::int64_t to_ns) const {
  return std::any_of(losses.begin(), losses.end(), [&](const Loss& loss) {
    return static_cast<std::int64_t>(loss.before_ns) >= from_ns &&
           static_cast<std::int64_t>(loss.after_ns) <= to_ns;
  });
}

Result<Recordings> load_recordings(std::span<const std::string> paths, std::size_t max_records) {
  Recordings out;
  for (const std::string& path : paths) WGT_TRY_VOID(FileLoader(out, max_records, path).load());
  return out;
}

}  // namespace wgt::join
