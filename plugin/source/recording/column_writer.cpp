// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/column_writer.h"

#include <algorithm>
#include <cstring>

namespace wgt::recording {
namespace {

constexpr std::uint32_t kRecordsPerBlock = 8192;
constexpr std::size_t kLongestVarint = 10;
static_assert(kRecordsPerBlock <= kMaxRecords);
// A template for each record, and every column at its longest.
static_assert(kRecordsPerBlock * (sizeof(wgt_record) + kColumns * kLongestVarint) < kMaxBodyBytes);

constexpr std::size_t kSlots = std::size_t{4} * kRecordsPerBlock;
static_assert(kRecordsPerBlock < UINT16_MAX);
// Somebody who sends packets whose templates meet in one place makes the file larger, and no more.
constexpr std::size_t kProbes = 4;

struct ToOne {
  template <class Number>
  void value(Column /*column*/, Number& field, std::uint64_t /*expected*/) {
    field = field != 0 ? 1 : 0;
  }
};
struct ToZero {
  template <class Number>
  void value(Column /*column*/, Number& field, std::uint64_t /*expected*/) {
    field = 0;
  }
};
struct Present {
  std::uint32_t fields = 0;

  template <class Number>
  void value(Column /*column*/, const Number& field, std::uint64_t /*expected*/) {
    fields = fields << 1U | (field != 0 ? 1U : 0U);
  }
};
struct Encoder {
  std::array<std::uint8_t*, kColumns>& ends;

  template <class Number>
  void value(Column column, const Number& field, std::uint64_t expected) {
    if (field == 0) return;
    // Of the field's width, with its sign.
    constexpr unsigned kShift = 64 - 8 * sizeof(Number);
    const std::uint64_t difference = std::uint64_t{field} - expected;
    const auto wide = static_cast<std::int64_t>(difference << kShift) >> kShift;
    put(column, static_cast<std::uint64_t>(wide) << 1U ^ static_cast<std::uint64_t>(wide >> 63U));
  }
  void put(Column column, std::uint64_t number) {
    std::uint8_t* end = ends[column];
    for (; number >= 0x80U; number >>= 7U) *end++ = static_cast<std::uint8_t>(number | 0x80U);
    *end++ = static_cast<std::uint8_t>(number);
    ends[column] = end;
  }
};

template <class Coder>
void visit(Coder& coder, wgt_record& record) {
  Last last;
  std::uint64_t ignored = 0;
  code_fields(coder, record, last, ignored, ignored);
}

using Words = std::array<std::uint64_t, sizeof(wgt_record) / sizeof(std::uint64_t)>;
static_assert(sizeof(Words) == sizeof(wgt_record));

Words words_of(const wgt_record& record) {
  Words words;
  std::memcpy(words.data(), &record, sizeof record);
  return words;
}

// Ones where all records of a template have the same.
Words same_bits() {
  wgt_record record;
  std::memset(&record, 0xff, sizeof record);
  ToZero to_zero;
  visit(to_zero, record);
  return words_of(record);
}

const Words kSameBits = same_bits();

bool same(const wgt_record& a, const wgt_record& b) {
  const auto* left = reinterpret_cast<const std::uint8_t*>(&a);
  const auto* right = reinterpret_cast<const std::uint8_t*>(&b);
  std::uint64_t different = 0;
  for (const std::uint64_t mask : kSameBits) {
    std::uint64_t l;
    std::uint64_t r;
    std::memcpy(&l, left, sizeof l);
    std::memcpy(&r, right, sizeof r);
    different |= (l ^ r) & mask;
    left += sizeof l;
    right += sizeof r;
  }
  return different == 0;
}

// Of what tells flows apart.
std::size_t slot_of(const wgt_record& record, std::uint32_t present) {
  std::array<std::uint64_t, 5> parts;
  std::memcpy(parts.data(), &record.inner, 4 * sizeof(std::uint64_t));  // its addresses
  std::uint32_t ports;
  std::memcpy(&ports, &record.inner.src_port, sizeof ports);
  parts[4] = std::uint64_t{ports} << 32U | record.receiver_index;
  std::uint64_t hash = std::uint64_t{present} << 16U | std::uint64_t{record.kind} << 8U |
                       std::uint64_t{record.verdict};
  for (const std::uint64_t part : parts) hash = (hash ^ part ^ hash >> 32U) * 0x9e3779b97f4a7c15U;
  return hash >> 40U;
}

}  // namespace

ColumnWriter::ColumnWriter() : slots_(kSlots) {
  for (unsigned i = kTemplateNumbers; i < kColumns; i++) {
    columns_[i].resize(kRecordsPerBlock * kLongestVarint);
    ends_[i] = columns_[i].data();
  }
}

bool ColumnWriter::full() const { return count_ >= kRecordsPerBlock; }

void ColumnWriter::add(std::span<const std::byte> bytes) {
  wgt_record record;
  std::memcpy(&record, bytes.data(), sizeof record);
  Template& known = find(record);
  Encoder encoder{ends_};
  encoder.put(kTemplateNumbers, static_cast<std::uint64_t>(&known - templates_.data()));
  code_fields(encoder, record, known.last, *known.last_counter, last_first_ns_);
  for (const std::uint64_t ns : record.hop_ns) {
    until_ns_ = std::max(until_ns_, ns);
    from_ns_ = std::min(from_ns_ - 1, ns - 1) + 1;  // but for 0
  }
  ++count_;
}

ColumnWriter::Template& ColumnWriter::find(const wgt_record& record) {
  Present present;
  visit(present, const_cast<wgt_record&>(record));
  const std::size_t first = slot_of(record, present.fields);
  std::uint16_t* slot = nullptr;
  for (std::size_t probe = 0; probe < kProbes; probe++) {
    slot = &slots_[(first + probe) % kSlots];
    if (*slot == 0) break;
    Template& known = templates_[*slot - 1U];
    if (known.present == present.fields && same(known.record, record)) return known;
  }
  Template& made = templates_.emplace_back();
  made.record = record;
  made.present = present.fields;
  ToOne to_one;
  visit(to_one, made.record);
  made.last_counter = &last_counters_[session_of(record)];
  *slot = static_cast<std::uint16_t>(templates_.size());
  return made;
}

void ColumnWriter::put_templates() {
  ByteVector& transposed = columns_[kTemplates];
  transposed.resize(templates_.size() * sizeof(wgt_record));
  std::uint8_t* end = transposed.data();
  for (std::size_t byte = 0; byte < sizeof(wgt_record); byte++)
    for (const Template& one : templates_)
      *end++ = reinterpret_cast<const std::uint8_t*>(&one.record)[byte];
  ends_[kTemplates] = end;
}

void ColumnWriter::finish(BlockHead& head, ByteVector& body) {
  describe(head);
  put_templates();
  ByteWriter out(body);
  out.number(static_cast<std::uint8_t>(kColumns));
  for (unsigned i = 0; i < kColumns; i++) {
    const Bytes column(columns_[i].data(), ends_[i]);
    out.varint(column.size());
    out.bytes(column);
    ends_[i] = columns_[i].data();
  }
  templates_.clear();
  std::ranges::fill(slots_, 0);
  last_counters_.clear();
  last_first_ns_ = from_ns_ = until_ns_ = 0;
  count_ = 0;
}

void ColumnWriter::describe(BlockHead& head) const {
  head.count = count_;
  head.from_ns = from_ns_;
  head.until_ns = until_ns_;
  for (const Template& one : templates_) {
    if ((one.record.flags & WGT_F_KEY) != 0) head.sessions.push_back(one.record.receiver_index);
    if ((one.record.flags & WGT_F_PEER) == 0) {
      head.of_unknown_peers = true;
      continue;
    }
    std::memcpy(head.peers.emplace_back().data(), one.record.peer, sizeof(PeerHint));
  }
}

}  // namespace wgt::recording
