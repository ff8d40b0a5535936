// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/collector.h"

#include <deque>
#include <utility>
#include <vector>

#include "plugin/source/recording/recording_source.h"

namespace wgt::app {

namespace {

class Collector final : public source::EventSink {
 public:
  Collector(join::Recordings& out, std::size_t max_records, const std::string& name)
      : max_records_(max_records), name_(name), all_(out), into_(out, name) {}

  void host(const event::HostInfo& host) override { into_.host(host); }
  bool event(const event::Event& event, std::span<const std::byte> /*bytes*/) override {
    if (all_.records.size() < max_records_) {
      into_.add(event);
      return true;
    }
    error_ = make_error(Errc::kInvalid, name_ + ": more than " + std::to_string(max_records_) +
                                            " records in all: record with a filter or --count");
    return false;
  }
  bool progress(const source::Progress& progress) override {
    into_.lost(progress.lost, progress.seen_until_ns);
    return true;
  }
  void ended(source::End end) override { report_.cut = end == source::End::kCut; }
  void failed(Error error) override { report_.damage = std::move(error); }
  void notice(const std::string& text) override { report_.note = text; }

  // The source has handed out everything.
  Result<void> finish(const source::Source& source) {
    if (error_) return *error_;
    source::Losses losses = source.losses();
    report_.bad = losses.broken;
    report_.lost_by_cause = std::move(losses.by_cause);
    into_.finish(std::move(report_), source.seen_until());
    return {};
  }

 private:
  const std::size_t max_records_;
  const std::string& name_;
  join::Recordings& all_;
  join::RecordingLoader into_;
  join::FileReport report_;
  std::optional<Error> error_;
};

}  // namespace

Result<join::Recordings> collect(std::span<source::Source* const> sources,
                                 std::span<const std::string> names, std::size_t max_records) {
  join::Recordings all;
  for (std::size_t i = 0; i < sources.size(); i++) {
    Collector collector(all, max_records, names[i]);
    WGT_TRY_VOID(sources[i]->start({}, collector));
    sources[i]->stop();
    WGT_TRY_VOID(collector.finish(*sources[i]));
  }
  return all;
}

Result<join::Recordings> load_recordings(std::span<const std::string> paths,
                                         std::size_t max_records) {
  std::deque<recording::RecordingSource> files;
  std::vector<source::Source*> sources;
  for (const std::string& path : paths) sources.push_back(&files.emplace_back(path));
  return collect(sources, paths, max_records);
}

}  // namespace wgt::app
