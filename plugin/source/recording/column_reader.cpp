// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/column_reader.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>
#include <utility>

#include "plugin/source/recording/record_fields.h"

namespace wgt::recording {
namespace {

struct Decoder {
  std::array<ByteReader, kColumns>& columns;

  template <class Number>
  void value(Column column, Number& field, std::uint64_t expected) {
    if (field == 0) return;
    const auto difference = static_cast<std::uint64_t>(columns[column].zigzag());
    const std::uint64_t sum = expected + difference;
    field = static_cast<Number>(sum);
  }
};

struct Template {
  wgt_record record;
  Last last;
  std::uint64_t* last_counter;  // of its session
};

std::vector<Template> read_templates(Bytes transposed,
                                     std::unordered_map<std::uint64_t, std::uint64_t>& counters) {
  const std::size_t count = transposed.size() / sizeof(wgt_record);
  std::vector<Template> templates(count);
  std::array<std::uint8_t, sizeof(wgt_record)> bytes;
  for (std::size_t i = 0; i < count; i++) {
    for (std::size_t byte = 0; byte < bytes.size(); byte++)
      bytes[byte] = transposed[byte * count + i];
    std::memcpy(&templates[i].record, bytes.data(), bytes.size());
    templates[i].last_counter = &counters[session_of(templates[i].record)];
  }
  return templates;
}

Error broken() { return make_error(Errc::kCorrupt, "records that do not decode"); }

}  // namespace

Result<void> decode_columns(Bytes body, std::uint32_t count, std::vector<event::Event>& events,
                            event::DecodeStats& stats) {
  ByteReader in(body);
  const auto there = in.number<std::uint8_t>();
  std::array<Bytes, kColumns> raw;
  for (unsigned i = 0; i < there; i++) {
    const Bytes column = in.bytes(in.varint());
    if (i < kColumns) raw[i] = column;
  }
  if (!in.ok() || !in.empty() || there < kColumns) return broken();
  if (raw[kTemplates].size() % sizeof(wgt_record) != 0 ||
      raw[kTemplates].size() / sizeof(wgt_record) > count || raw[kTemplateNumbers].size() < count)
    return broken();

  std::unordered_map<std::uint64_t, std::uint64_t> counters;
  std::vector<Template> templates = read_templates(raw[kTemplates], counters);
  const auto columns = [&]<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<ByteReader, kColumns>{ByteReader(raw[I])...};
  };
  std::array<ByteReader, kColumns> readers = columns(std::make_index_sequence<kColumns>());
  readers[kTemplates] = ByteReader({});

  const std::size_t before = events.size();
  const event::DecodeStats stats_before = stats;
  events.reserve(before + count);
  Decoder decoder{readers};
  std::uint64_t last_first_ns = 0;
  bool ok = true;
  for (std::uint32_t i = 0; i < count && ok; i++) {
    const std::uint64_t number = readers[kTemplateNumbers].varint();
    ok = number < templates.size();
    if (!ok) break;
    Template& known = templates[number];
    wgt_record record = known.record;
    code_fields(decoder, record, known.last, *known.last_counter, last_first_ns);
    if (auto event = event::decode(record, stats)) events.push_back(*std::move(event));
  }
  if (ok && std::ranges::all_of(
                readers, [](const ByteReader& column) { return column.ok() && column.empty(); }))
    return {};
  events.resize(before);
  stats = stats_before;
  return broken();
}

}  // namespace wgt::recording
