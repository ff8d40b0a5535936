// SPDX-License-Identifier: GPL-2.0-only
// One zstd frame at a time, of sizes that are known beforehand.
#pragma once

#include <cstddef>
#include <memory>

#include "wgtools/base/bytes.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace wgt::recording {

class Compressor {
 public:
  Compressor();
  ~Compressor();
  Compressor(Compressor&&) noexcept;
  Compressor& operator=(Compressor&&) noexcept;

  // Replaces `out`. False: it would not get smaller, `out` means nothing.
  bool compress(Bytes plain, ByteVector& out);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
};

class Decompressor {
 public:
  Decompressor();
  ~Decompressor();
  Decompressor(Decompressor&&) noexcept;
  Decompressor& operator=(Decompressor&&) noexcept;

  // Replaces `out`. False: it is no whole frame of just `plain` bytes; nobody's claim takes more
  // memory than that.
  bool decompress(Bytes frame, std::size_t plain, ByteVector& out);

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;
};

}  // namespace wgt::recording
