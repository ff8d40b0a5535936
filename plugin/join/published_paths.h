// SPDX-License-Identifier: GPL-2.0-only
// Remembers published paths that may have ended otherwise: what a record says that comes
// later is an amendment. Bounded: the oldest are forgotten.
#pragma once

#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <boost/multi_index_container.hpp>
#include <cstddef>
#include <optional>

#include "plugin/event/packet_key.h"
#include "plugin/join/flow_match.h"
#include "plugin/join/joined_path.h"

namespace wgt::join {

class PublishedPaths {
 public:
  // So many of those that left and were not seen to arrive, and as many of those that did: few
  // missing ones are not pushed out by many that arrived.
  explicit PublishedPaths(std::size_t capacity) : capacity_(capacity) {}

  // Nothing, if no later record can change its verdict.
  void remember(const event::PacketKey& key, const JoinedPath& path);

  // Takes it out. nullopt: not known, or not any more.
  std::optional<JoinedPath> take(const event::PacketKey& key);

  // Shows the latest of those that arrived, at most so many.
  void consider_for(FlowMatcher& number, std::size_t most) const;

 private:
  struct Entry {
    event::PacketKey key;
    JoinedPath path;
  };
  using Entries = boost::multi_index_container<
      Entry, boost::multi_index::indexed_by<
                 boost::multi_index::sequenced<>,
                 boost::multi_index::hashed_unique<
                     boost::multi_index::member<Entry, event::PacketKey, &Entry::key>,
                     event::PacketKeyHash>>>;

  std::size_t capacity_;
  Entries missing_;
  Entries arrived_;
};

}  // namespace wgt::join
