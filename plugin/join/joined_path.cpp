// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/joined_path.h"

namespace wgt::join {

const event::Tuple* inner_of(const JoinedPath& path) {
  if (path.tx && path.tx->event.inner.is_known()) return &path.tx->event.inner;
  if (path.rx)
    if (const event::Tuple* inner = event::inner_of(path.rx->event)) return inner;
  return path.drop ? event::inner_of(path.drop->event) : nullptr;
}

std::optional<event::PacketKey> key_of(const JoinedPath& path) {
  if (path.tx && path.tx->event.key) return path.tx->event.key;
  if (path.rx && path.rx->event.key) return path.rx->event.key;
  return path.drop ? event::key_of(path.drop->event) : std::nullopt;
}

bool was_matched(const JoinedPath& path) {
  return (path.tx && path.tx->event.matched) || (path.rx && path.rx->event.matched) ||
         (path.drop && event::is_matched(path.drop->event));
}

}  // namespace wgt::join
