// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/watch.h"

#include "plugin/app/pipeline.h"
#include "plugin/filter/sample.h"
#include "plugin/sink/text/say.h"
#include "plugin/source/kernel/handshakes.h"
#include "plugin/source/kernel/kernel_source.h"
#include "plugin/source/peer/peer_source.h"
#include "wgtools/base/clock.h"

namespace wgt::app {

namespace {

// For show. That it can't be kept is no reason to end.
void keep_round_trip(const kernel::PinDirectory& pins, const event::DeviceKey& device,
                     const wg::PublicKey& peer, const source::RoundTrip& trip) {
  (void)kernel::note_round_trip(pins, device, peer, {mono_ns(), trip.length_ns()});
}

// Advice is about what is configured on this host now.
PipelineOptions pipeline_options(const LiveOptions& options, kernel::LiveHost& names) {
  return {.wanted = options.wanted,
          .duration = options.duration,
          .begun = options.begun,
          .device_of =
              [&names](const event::HostInfo& host, event::DeviceKey key) {
                return host.boot_id == names.info().boot_id ? names.device(key) : nullptr;
              },
          .refresh = [&names] { names.refresh_if_old(); }};
}

}  // namespace

void filter_in_kernel(source::Wanted& wanted, const filter::PacketFilter& filter) {
  if (auto steps = filter.instructions_for_kernel())
    wanted.filter = std::move(*steps);
  else
    sink::say("the filter loops (protochain) or is very long: it runs here, not in the kernel");
}

Result<explain::Summary> watch(const kernel::PinDirectory& pins, LiveOptions options,
                               const PathChoice& choice, sink::Sink& sink) {
  filter_in_kernel(options.wanted, choice.filter);
  options.wanted.carriers = true;
  WGT_TRY(kernel::LiveHost names, kernel::LiveHost::open(pins, options.wanted.device));
  LiveRun run;
  kernel::KernelSource here(run.io(), pins, names);
  Pipeline pipeline(run, choice, sink, pipeline_options(options, names));
  pipeline.add(here);
  return pipeline.run();
}

Result<explain::Summary> watch_paired(const kernel::PinDirectory& pins, const Interface& interface,
                                      const LiveOptions& options, const PathChoice& choice,
                                      const PairOptions& pair, sink::Sink& sink) {
  WGT_TRY(kernel::LiveHost names, kernel::LiveHost::open(pins, interface.key));
  LiveRun run;
  kernel::KernelSource here(run.io(), pins, names);
  session::PeerSource there(
      run.io(),
      {.ifindex = interface.key.ifindex,
       .name = interface.device.name,
       .netns = interface.netns,
       .dump = [&interface] { return dump(interface); }},
      {.target = pair.target,
       .peer = pair.peer,
       .ask = {pair.sample, choice.filter.instructions()},
       .on_round_trip = [&](const wg::PublicKey& peer, const source::RoundTrip& trip) {
         keep_round_trip(pins, interface.key, peer, trip);
       }});
  PipelineOptions wanted = pipeline_options(options, names);
  // What the other end is asked to leave out is left out here, too: or the join would miss it.
  wanted.wanted.carriers = true;
  wanted.admits = [&](const event::Event& event) {
    const event::Tuple* inner = event::inner_of(event);
    if (event::device_of(event) != interface.key && inner != nullptr && inner->is_message)
      return true;
    if (inner != nullptr && there.is_ours(*inner)) return false;
    return choice.filter.may_match(event) && filter::in_sample(event, pair.sample);
  };
  wanted.expression = pair.expression;
  Pipeline pipeline(run, choice, sink, std::move(wanted));
  pipeline.add(here);
  pipeline.add(there);
  return pipeline.run();
}

}  // namespace wgt::app
