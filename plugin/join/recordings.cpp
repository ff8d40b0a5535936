// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/recordings.h"

#include <algorithm>
#include <utility>

#include "plugin/event/losses.h"

namespace wgt::join {
namespace {

// Takes over what only the other recording of the same host knows.
void merge_into(event::HostInfo& host, const event::HostInfo& other) {
  host.drop_reasons.insert(other.drop_reasons.begin(), other.drop_reasons.end());
  host.functions.insert(other.functions.begin(), other.functions.end());
  host.stacks.insert(other.stacks.begin(), other.stacks.end());
  for (const event::DeviceInfo& device : other.devices) {
    const bool known = std::any_of(host.devices.begin(), host.devices.end(), [&](const auto& d) {
      return d.key == device.key && d.traced_since_mono_ns == device.traced_since_mono_ns;
    });
    if (!known) host.devices.push_back(device);
  }
}

bool overlap(const Watch& a, const Watch& b) {
  return a.host == b.host && a.info.watch_started_mono_ns <= b.until_ns &&
         b.info.watch_started_mono_ns <= a.until_ns;
}

}  // namespace

RecordingLoader::RecordingLoader(Recordings& out, std::string path)
    : out_(out), path_(std::move(path)) {}

void RecordingLoader::host(const event::HostInfo& host) {
  if (!watch_) {
    watch_.emplace();
    watch_->host = host_of(host);
    loss_seen_ns_ = host.watch_started_mono_ns;
  }
  watch_->info = host;
}

void RecordingLoader::lost(std::uint64_t total, std::uint64_t at_ns) {
  if (watch_ && total > lost_) watch_->losses.push_back({loss_seen_ns_, at_ns});
  lost_ = std::max(lost_, total);
  loss_seen_ns_ = std::max(loss_seen_ns_, at_ns);
}

HostId RecordingLoader::host_of(const event::HostInfo& info) {
  for (HostId host = 0; host < out_.hosts.all().size(); ++host)
    if (!info.boot_id.empty() && out_.hosts[host].boot_id == info.boot_id) return host;
  return out_.hosts.add(info);
}

void RecordingLoader::finish(FileReport report, std::uint64_t until_ns) {
  report.path = path_;
  report.lost = lost_;
  if (watch_) {
    report.hostname = watch_->info.hostname;
    watch_->until_ns = until_ns;
    watch_->info.watch_ended_mono_ns = until_ns;
    watch_->file = out_.files.size();
    event::HostInfo merged = out_.hosts[watch_->host];
    merge_into(merged, watch_->info);
    out_.hosts.update(watch_->host, std::move(merged));
    out_.watches.push_back(*std::move(watch_));
  }
  out_.files.push_back(std::move(report));
}

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
        if (!event::is_own_loss(cause) && overlap(*earlier, *later) && same != causes.end())
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

}  // namespace wgt::join
