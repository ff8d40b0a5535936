// SPDX-License-Identifier: GPL-2.0-only
// What stands before each block of a recording, and lets a reader skip it
// (wg-trace-recording.5). Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "wgtools/base/bytes.h"

namespace wgt::recording {

enum class BlockType : std::uint8_t { kHost = 1, kRecords = 2, kLost = 3, kEnd = 4 };
enum class Coding : std::uint8_t { kPlain = 0, kZstd = 1 };

inline constexpr std::size_t kHeadBytes = 56;
inline constexpr std::array<std::uint8_t, 4> kMark = {0xb2, 'W', 'G', '\n'};
// Of a body, in the file and decoded.
inline constexpr std::uint32_t kMaxBodyBytes = 8U << 20U;
inline constexpr std::uint32_t kMaxRecords = 16384;  // of one block
inline constexpr std::size_t kMaxListed = 4096;      // peers, and sessions

using PeerHint = std::array<std::uint8_t, 8>;  // how a public key begins

struct BlockHead {
  std::uint8_t type = 0;    // BlockType, or one that is not known
  std::uint8_t coding = 0;  // Coding, or one that is not known
  std::uint32_t stored = 0;
  std::uint32_t plain = 0;
  std::uint32_t count = 0;
  std::uint64_t from_ns = 0;
  std::uint64_t until_ns = 0;
  std::uint32_t number = 0;
  std::uint32_t body_sum = 0;
  bool of_unknown_peers = false;        // of some records no peer is known
  std::vector<PeerHint> peers;          // sorted; empty and !peers_listed: too many
  std::vector<std::uint32_t> sessions;  // the same
  bool peers_listed = true;
  bool sessions_listed = true;

  bool is(BlockType other) const { return type == static_cast<std::uint8_t>(other); }
};

// Appends head and index; sorts the lists, and leaves out what is in them twice or is too many.
void put_head(BlockHead head, ByteVector& out);

// A head without its lists, and how long the index behind it is.
struct ParsedHead {
  BlockHead head;
  std::uint16_t peers = 0;  // in the index
  std::uint16_t sessions = 0;
  std::uint32_t index_sum = 0;

  std::size_t index_bytes() const {
    return peers * sizeof(PeerHint) + sessions * sizeof(std::uint32_t);
  }
};

// The first kHeadBytes of a block. nullopt: there begins none (mark, checksum, sizes that no writer
// gives).
std::optional<ParsedHead> parse_head(Bytes bytes);
// index: of index_bytes(). False: a wrong checksum.
bool parse_index(Bytes index, ParsedHead& head);

}  // namespace wgt::recording
