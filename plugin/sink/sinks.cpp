// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/sinks.h"

#include <algorithm>

#include "plugin/sink/json/json_sink.h"
#include "plugin/sink/pcapng/pcapng_sink.h"
#include "plugin/sink/text/block_sink.h"
#include "plugin/sink/text/line_sink.h"

namespace wgt::sink {
namespace {

constexpr SinkKind kKinds[] = {
    {"block", "every step of a packet, from top to bottom",
     [](std::ostream& out, const TextStyle& style) -> std::unique_ptr<Sink> {
       return std::make_unique<BlockSink>(out, style);
     }},
    {"line", "one line a packet",
     [](std::ostream& out, const TextStyle& style) -> std::unique_ptr<Sink> {
       return std::make_unique<LineSink>(out, style);
     }},
    {"json", "one JSON object a packet",
     [](std::ostream& out, const TextStyle&) -> std::unique_ptr<Sink> {
       return std::make_unique<JsonSink>(out);
     }},
    {"pcapng", "packets for Wireshark",
     [](std::ostream& out, const TextStyle&) -> std::unique_ptr<Sink> {
       return std::make_unique<PcapngSink>(out);
     },
     true},
};

}  // namespace

std::span<const SinkKind> sink_kinds() { return kKinds; }

const SinkKind* find_sink(std::string_view name) {
  const auto* it = std::ranges::find(kKinds, name, &SinkKind::name);
  return it == std::end(kKinds) ? nullptr : it;
}

}  // namespace wgt::sink
