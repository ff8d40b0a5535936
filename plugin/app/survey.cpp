// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/survey.h"

#include <utility>

namespace wgt::app {

namespace {

class Surveyor final : public source::EventSink {
 public:
  Surveyor(join::Recordings& out, const std::string& name) : into_(out, name) {}

  void host(const event::HostInfo& host) override { into_.host(host); }
  bool event(const event::Event& event, std::span<const std::byte> /*bytes*/) override {
    samples_.note(event);
    return true;
  }
  bool progress(const source::Progress& progress) override {
    into_.lost(progress.lost, progress.seen_until_ns);
    return true;
  }
  void ended(source::End end) override { report_.cut = end == source::End::kCut; }
  void failed(Error error) override { report_.damage = std::move(error); }
  void notice(const std::string& text) override { report_.note = text; }

  join::RecordingLoader& into() { return into_; }
  const join::Samples& samples() const { return samples_; }
  join::FileReport& report() { return report_; }

 private:
  join::RecordingLoader into_;
  join::Samples samples_;
  join::FileReport report_;
};

}  // namespace

Result<Survey> survey(std::span<source::Source* const> sources,
                      std::span<const std::string> names) {
  Survey out;
  std::vector<join::Samples> samples;
  for (std::size_t i = 0; i < sources.size(); i++) {
    Surveyor surveyor(out.recordings, names[i]);
    WGT_TRY_VOID(sources[i]->start({.outline = true}, surveyor));
    sources[i]->stop();
    const auto host = surveyor.into().host_id();
    out.host_of.push_back(host);
    surveyor.into().finish(std::move(surveyor.report()), sources[i]->seen_until());
    if (!host) continue;
    if (samples.size() <= *host) samples.resize(*host + 1);
    samples[*host].merge(surveyor.samples());
  }
  samples.resize(out.recordings.hosts.all().size());
  out.clocks = join::rough_clocks(out.recordings.hosts, samples);
  return out;
}

}  // namespace wgt::app
