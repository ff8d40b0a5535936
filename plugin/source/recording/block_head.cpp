// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/block_head.h"

#include <algorithm>
#include <span>

#include "plugin/source/recording/format.h"

namespace wgt::recording {
namespace {

constexpr std::uint16_t kNotListed = 0xffff;
constexpr std::uint16_t kOfUnknownPeers = 1;
constexpr std::size_t kHeadSumBytes = 4;

// False: too many.
template <class Entry>
bool tidy(std::vector<Entry>& list) {
  std::ranges::sort(list);
  list.erase(std::unique(list.begin(), list.end()), list.end());
  if (list.size() <= kMaxListed) return true;
  list.clear();
  return false;
}

}  // namespace

void put_head(BlockHead head, ByteVector& out) {
  head.peers_listed = tidy(head.peers) && head.peers_listed;
  head.sessions_listed = tidy(head.sessions) && head.sessions_listed;
  ByteVector index;
  ByteWriter lists(index);
  for (const PeerHint& peer : head.peers) lists.bytes(peer);
  for (const std::uint32_t session : head.sessions) lists.number(session);

  ByteVector bytes;
  ByteWriter fields(bytes);
  const auto listed = [](bool are, std::size_t count) {
    return are ? static_cast<std::uint16_t>(count) : kNotListed;
  };
  fields.bytes(kMark);
  fields.number(head.type);
  fields.number(head.coding);
  fields.number(listed(head.peers_listed, head.peers.size()));
  fields.number(listed(head.sessions_listed, head.sessions.size()));
  fields.number(head.of_unknown_peers ? kOfUnknownPeers : std::uint16_t{0});
  fields.number(head.stored);
  fields.number(head.plain);
  fields.number(head.count);
  fields.number(head.from_ns);
  fields.number(head.until_ns);
  fields.number(head.number);
  fields.number(head.body_sum);
  fields.number(crc32(std::as_bytes(Bytes(index))));
  fields.number(crc32(std::as_bytes(Bytes(bytes))));
  ByteWriter(out).bytes(bytes);
  ByteWriter(out).bytes(index);
}

std::optional<ParsedHead> parse_head(Bytes bytes) {
  if (bytes.size() < kHeadBytes || !std::ranges::equal(bytes.first(kMark.size()), kMark))
    return std::nullopt;
  ByteReader in(bytes.first(kHeadBytes));
  in.bytes(kMark.size());
  ParsedHead parsed;
  BlockHead& head = parsed.head;
  head.type = in.number<std::uint8_t>();
  head.coding = in.number<std::uint8_t>();
  parsed.peers = in.number<std::uint16_t>();
  parsed.sessions = in.number<std::uint16_t>();
  head.of_unknown_peers = (in.number<std::uint16_t>() & kOfUnknownPeers) != 0;
  head.stored = in.number<std::uint32_t>();
  head.plain = in.number<std::uint32_t>();
  head.count = in.number<std::uint32_t>();
  head.from_ns = in.number<std::uint64_t>();
  head.until_ns = in.number<std::uint64_t>();
  head.number = in.number<std::uint32_t>();
  head.body_sum = in.number<std::uint32_t>();
  parsed.index_sum = in.number<std::uint32_t>();
  if (in.number<std::uint32_t>() != crc32(std::as_bytes(bytes.first(kHeadBytes - kHeadSumBytes))))
    return std::nullopt;

  head.peers_listed = parsed.peers != kNotListed;
  head.sessions_listed = parsed.sessions != kNotListed;
  if (!head.peers_listed) parsed.peers = 0;
  if (!head.sessions_listed) parsed.sessions = 0;
  if (parsed.peers > kMaxListed || parsed.sessions > kMaxListed || head.stored > kMaxBodyBytes ||
      head.plain > kMaxBodyBytes || head.count > kMaxRecords)
    return std::nullopt;
  return parsed;
}

bool parse_index(Bytes index, ParsedHead& head) {
  if (crc32(std::as_bytes(index)) != head.index_sum) return false;
  ByteReader in(index);
  head.head.peers.resize(head.peers);
  for (PeerHint& peer : head.head.peers) in.copy_to(peer);
  head.head.sessions.resize(head.sessions);
  for (std::uint32_t& session : head.head.sessions) session = in.number<std::uint32_t>();
  return in.ok() && in.empty();
}

}  // namespace wgt::recording
