// SPDX-License-Identifier: GPL-2.0-only
// Any bytes are a frame that comes back as it was, or an error.
#include <cstdlib>

#include "plugin/filter/packet_filter.h"
#include "plugin/source/peer/frames.h"

using namespace wgt::session;

namespace {

// A filter that passes is run, as the listener would.
void run(const Ask& ask) {
  const auto filter = wgt::filter::PacketFilter::from_instructions(ask.filter);
  if (!filter) return;
  wgt::event::Tuple tuple;
  tuple.src.version = tuple.dst.version = 4;
  tuple.proto = 6;
  (void)filter->matches(&tuple);
}

template <class T>
void expect_same(const T& frame, Bytes bytes) {
  const ByteVector again = encode(frame);
  if (!std::equal(again.begin(), again.end(), bytes.begin(), bytes.end())) std::abort();
}
void expect_same(const HostPart&, Bytes) {}
void expect_same(const Batch&, Bytes) {}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(data, size);
  const auto frame = decode_frame(bytes);
  if (!frame) return 0;
  std::visit([&](const auto& content) { expect_same(content, bytes); }, *frame);
  if (const auto* ask = std::get_if<Ask>(&*frame)) run(*ask);
  return 0;
}
