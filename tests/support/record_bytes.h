// SPDX-License-Identifier: GPL-2.0-only
// An event as the kernel side would have written it.
#pragma once

#include <cstddef>
#include <span>

#include "bpf/abi/record.h"
#include "plugin/event/to_abi.h"

namespace wgt::test {

// Valid until the end of the full expression.
class RecordBytes {
 public:
  explicit RecordBytes(const event::Event& event) : record_(event::to_abi(event)) {}
  operator std::span<const std::byte>() const { return std::as_bytes(std::span(&record_, 1)); }

 private:
  wgt_record record_;
};

}  // namespace wgt::test
