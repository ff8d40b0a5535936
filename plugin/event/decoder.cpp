// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/event/decoder.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string>
#include <type_traits>

#include "bpf/abi/handshake.h"
#include "plugin/event/hops.h"

namespace wgt::event {
namespace {

static_assert(std::is_trivially_copyable_v<wgt_record>);

Error corrupt(std::uint64_t& counter, const std::string& text) {
  ++counter;
  return make_error(Errc::kCorrupt, "record " + text);
}

bool known_version(const wgt_tuple& tuple) {
  return tuple.version == 0 || tuple.version == 4 || tuple.version == 6;
}

}  // namespace

Result<wgt_record> decode(std::span<const std::byte> bytes, DecodeStats& stats) {
  if (bytes.size() != sizeof(wgt_record)) {
    return corrupt(stats.bad_size, "of " + std::to_string(bytes.size()) + " bytes instead of " +
                                       std::to_string(sizeof(wgt_record)));
  }
  wgt_record record;  // a copy: the source need not be aligned
  std::memcpy(&record, bytes.data(), sizeof record);

  if (record.abi != WGT_ABI_VERSION) {
    ++stats.bad_abi;
    return make_error(Errc::kVersion, "record ABI " + std::to_string(record.abi) +
                                          ", this wg-trace reads " +
                                          std::to_string(WGT_ABI_VERSION));
  }
  if (record.kind < WGT_TX || record.kind > WGT_HANDSHAKE)
    return corrupt(stats.bad_kind, "of unknown kind " + std::to_string(record.kind));
  if (record.verdict >=
      (record.kind == WGT_HANDSHAKE ? unsigned{WGT_HS_COUNT} : unsigned{WGT_VERDICT_COUNT}))
    return corrupt(stats.bad_verdict, "with unknown verdict " + std::to_string(record.verdict));
  if (!known_version(record.inner) || !known_version(record.outer))
    return corrupt(stats.bad_tuple, "with an address that is neither IPv4 nor IPv6");
  if ((record.flags & WGT_F_GSO) != 0 && record.gso_segment >= record.gso_segments) {
    return corrupt(stats.bad_gso, "of segment " + std::to_string(record.gso_segment) + " of " +
                                      std::to_string(record.gso_segments));
  }
  if (std::any_of(std::begin(record.hop_ns), std::end(record.hop_ns),
                  [](std::uint64_t ns) { return ns > kMaxMonoNs; }))
    return corrupt(stats.bad_time, "with an impossible time");
  ++stats.good;
  return record;
}

}  // namespace wgt::event
