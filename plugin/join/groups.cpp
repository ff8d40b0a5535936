// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/join/groups.h"

#include <algorithm>
#include <utility>

namespace wgt::join {
namespace {

// A number that somebody makes up a hundred thousand times is not looked through each time.
constexpr std::uint16_t kFewRecords = 4;

}  // namespace

GroupId Groups::make(const std::optional<event::PacketKey>& key) {
  GroupId id = kNoGroup;
  if (!free_.empty()) {
    id = free_.back();
    free_.pop_back();
  } else {
    if (made_ % kChunk == 0) chunks_.push_back(std::make_unique<Group[]>(kChunk));
    id = made_++;
  }
  Group& group = (*this)[id];
  const std::uint32_t generation = group.generation + 1;
  group = Group{};
  group.id = id;
  group.generation = generation;
  group.state = Group::State::kPending;
  ++pending_;
  if (!key) return id;
  group.key = *key;
  group.numbered = true;
  const auto [at, is_new] = by_key_.try_emplace(*key, id);
  if (!is_new) group.older = std::exchange(at->second, id);
  return id;
}

void Groups::free(GroupId id) {
  Group& group = (*this)[id];
  drop_records(id);
  if (group.numbered) unlink(id);
  if (group.state == Group::State::kPending) --pending_;
  group.state = Group::State::kFree;
  free_.push_back(id);
}

// Out of the chain of its number.
void Groups::unlink(GroupId id) {
  const GroupId older = (*this)[id].older;
  const auto at = by_key_.find((*this)[id].key);
  if (at == by_key_.end()) return;
  if (at->second == id) {
    if (older == kNoGroup)
      by_key_.erase(at);
    else
      at->second = older;
    return;
  }
  for (GroupId newer = at->second; newer != kNoGroup; newer = (*this)[newer].older)
    if ((*this)[newer].older == id) (*this)[newer].older = older;
}

void Groups::published(GroupId id, Group::State as) {
  Group& group = (*this)[id];
  if (group.state == Group::State::kPending) --pending_;
  group.state = as;
}

void Groups::add(GroupId id, const Observed& observed) {
  Group& group = (*this)[id];
  Packed* packed = store_.pack(observed, sent_in(group));
  packed->next = std::exchange(group.records, packed);
  if (group.count < UINT16_MAX) ++group.count;
  put_in_order(id, observed);
}

const Packed* Groups::sent_in(const Group& group) const {
  if (group.count > kFewRecords) return nullptr;
  const Packed* first = nullptr;  // the one that came first: others may lean on it
  for (const Packed* packed = group.records; packed != nullptr; packed = packed->next)
    if (packed->kind == Packed::Kind::kSent) first = packed;
  return first;
}

void Groups::drop_records(GroupId id) {
  Group& group = (*this)[id];
  while (group.records != nullptr) store_.free(std::exchange(group.records, group.records->next));
  group.count = 0;
}

std::vector<Observed> Groups::unpack(GroupId id) const {
  const Group& group = (*this)[id];
  const event::PacketKey* key = group.numbered ? &group.key : nullptr;
  const Packed* sent = nullptr;
  for (const Packed* packed = group.records; packed != nullptr; packed = packed->next)
    if (packed->kind == Packed::Kind::kSent) sent = packed;
  std::vector<Observed> out;
  out.reserve(group.count);
  for (const Packed* packed = group.records; packed != nullptr; packed = packed->next)
    out.push_back(store_.unpack(*packed, key, sent));
  std::ranges::reverse(out);
  return out;
}

// A packet is as old as its sender's event, or as the first of any other.
void Groups::put_in_order(GroupId id, const Observed& observed) {
  Group& group = (*this)[id];
  const auto ns = signed_ns(event::first_hop_ns(observed.event));
  const auto host = static_cast<std::uint16_t>(observed.host);
  const bool is_sent = std::holds_alternative<event::Sent>(observed.event);
  const bool is_earlier =
      is_sent == group.order_is_sent && host == group.order_host && ns < group.order_ns;
  if (group.count > 1 && !is_earlier && (group.order_is_sent || !is_sent)) return;
  group.order_is_sent = is_sent;
  group.order_ns = ns;
  group.order_host = host;
  if (order_.size() <= host) order_.resize(host + std::size_t{1});
  order_[host].push({ns, id, group.generation});
}

void Groups::skip_void(std::size_t host) {
  OrderQueue& queue = order_[host];
  while (!queue.empty()) {
    const OrderQueue::Entry& front = queue.front();
    const Group& group = (*this)[front.group];
    if (group.generation == front.generation && group.state == Group::State::kPending &&
        !group.is_aside && group.order_host == host && group.order_ns == front.ns)
      return;
    queue.pop();
  }
}

}  // namespace wgt::join
