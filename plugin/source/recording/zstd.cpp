// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/zstd.h"

#include <zstd.h>

namespace wgt::recording {
namespace {

// What is left of a record is mostly noise of clocks: level 1 makes it 2 bytes a record smaller,
// and takes as long again.
constexpr int kLevel = -3;

}  // namespace

void Compressor::Free::operator()(ZSTD_CCtx* context) const { ::ZSTD_freeCCtx(context); }
void Decompressor::Free::operator()(ZSTD_DCtx* context) const { ::ZSTD_freeDCtx(context); }

Compressor::Compressor() : context_(::ZSTD_createCCtx()) {}
Compressor::~Compressor() = default;
Compressor::Compressor(Compressor&&) noexcept = default;
Compressor& Compressor::operator=(Compressor&&) noexcept = default;

bool Compressor::compress(Bytes plain, ByteVector& out) {
  if (context_ == nullptr) return false;
  out.resize(::ZSTD_compressBound(plain.size()));
  const std::size_t size = ::ZSTD_compressCCtx(context_.get(), out.data(), out.size(), plain.data(),
                                               plain.size(), kLevel);
  if (::ZSTD_isError(size) != 0 || size >= plain.size()) return false;
  out.resize(size);
  return true;
}

Decompressor::Decompressor() : context_(::ZSTD_createDCtx()) {}
Decompressor::~Decompressor() = default;
Decompressor::Decompressor(Decompressor&&) noexcept = default;
Decompressor& Decompressor::operator=(Decompressor&&) noexcept = default;

bool Decompressor::decompress(Bytes frame, std::size_t plain, ByteVector& out) {
  if (context_ == nullptr || ::ZSTD_getFrameContentSize(frame.data(), frame.size()) != plain ||
      ::ZSTD_findFrameCompressedSize(frame.data(), frame.size()) != frame.size())
    return false;
  out.resize(plain);
  return ::ZSTD_decompressDCtx(context_.get(), out.data(), out.size(), frame.data(),
                               frame.size()) == plain;
}

}  // namespace wgt::recording
