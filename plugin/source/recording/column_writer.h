// SPDX-License-Identifier: GPL-2.0-only
// Records -> the body of a records block (section RECORDS of wg-trace-recording.5), as they come:
// what is held is what will be written. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "plugin/source/recording/block_head.h"
#include "plugin/source/recording/record_fields.h"
#include "wgtools/base/bytes.h"

namespace wgt::recording {

class ColumnWriter {
 public:
  ColumnWriter();

  // One record as the kernel side wrote it: event::kRecordBytes.
  void add(std::span<const std::byte> record);
  std::uint32_t count() const { return count_; }
  // Time for a new block, so that no reader needs more memory than kMax….
  bool full() const;

  // Sets what a block's head says of its records, appends the body, and begins anew.
  void finish(BlockHead& head, ByteVector& body);

 private:
  struct Template {
    wgt_record record;
    std::uint32_t present;  // which of its fields are not 0
    Last last;
    std::uint64_t* last_counter;  // of its session
  };

  Template& find(const wgt_record& record);
  void describe(BlockHead& head) const;
  void put_templates();

  std::vector<Template> templates_;
  std::vector<std::uint16_t> slots_;  // by a template's hash: its number plus 1, 0: none
  std::map<std::uint64_t, std::uint64_t> last_counters_;  // by session_of()
  std::array<ByteVector, kColumns> columns_;  // as long as they may get; used until ends_
  std::array<std::uint8_t*, kColumns> ends_{};
  std::uint64_t last_first_ns_ = 0;
  std::uint64_t from_ns_ = 0;
  std::uint64_t until_ns_ = 0;
  std::uint32_t count_ = 0;
};

}  // namespace wgt::recording
