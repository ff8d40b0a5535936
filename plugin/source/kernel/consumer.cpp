// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/consumer.h"

#include <signal.h>
#include <unistd.h>

#include <numeric>

#include "plugin/source/kernel/clock.h"
#include "plugin/source/kernel/maps.h"

namespace wgt::kernel {

namespace {

using ConfigMap = PinnedMap<std::uint32_t, wgt_config>;
using ConsumerMap = PinnedMap<std::uint32_t, wgt_consumer>;
using IdMap = PinnedMap<std::uint32_t, std::uint32_t>;  // wgt_links, wgt_rings
using LossMap = PinnedMap<std::uint32_t, std::uint64_t>;

constexpr std::size_t kRingBytes = 16 << 20;

std::uint32_t link_id(int fd) {
  bpf_link_info info{};
  std::uint32_t size = sizeof(info);
  return bpf_obj_get_info_by_fd(fd, &info, &size) == 0 ? info.id : 0;
}

std::uint64_t recursion_misses(int link_fd) {
  bpf_link_info link{};
  std::uint32_t size = sizeof(link);
  if (bpf_obj_get_info_by_fd(link_fd, &link, &size) != 0) return 0;
  const UniqueFd program(bpf_prog_get_fd_by_id(link.prog_id));
  bpf_prog_info info{};
  size = sizeof(info);
  if (!program || bpf_obj_get_info_by_fd(program.get(), &info, &size) != 0) return 0;
  return info.recursion_misses;
}

std::vector<std::uint64_t> read_losses(const PinDirectory& pins) {
  std::vector<std::uint64_t> all(WGT_LOSSES, 0);
  const auto map = LossMap::open(pins, "wgt_losses");
  if (!map) return all;
  for (std::uint32_t i = 0; i < WGT_LOSSES; i++)
    for (const std::uint64_t on_cpu : map->get_per_cpu(i)) all[i] += on_cpu;
  return all;
}

// Whether a consumer's process may still come for its records. One that is stopped, or whose
// output nobody reads, is late with its heartbeat but alive.
bool alive(const wgt_consumer& c) {
  if (c.heartbeat_ns == 0) return false;
  if (c.heartbeat_ns + WGT_HEARTBEAT_NS > mono_ns()) return true;
  return ::kill(static_cast<pid_t>(c.tgid), 0) == 0 || errno == EPERM;
}

// Zeroes every entry of an array map.
Result<void> empty_array(const PinDirectory& pins, std::string_view name) {
  const UniqueFd map(bpf_obj_get(pins.map(name).c_str()));
  bpf_map_info info{};
  std::uint32_t size = sizeof(info);
  if (!map || bpf_obj_get_info_by_fd(map.get(), &info, &size) != 0)
    return errno_error("open the pinned map", name);
  std::vector<std::uint32_t> keys(info.max_entries);
  std::iota(keys.begin(), keys.end(), 0u);
  const std::vector<std::byte> zeroes(std::size_t{info.max_entries} * info.value_size);
  std::uint32_t count = info.max_entries;
  if (bpf_map_update_batch(map.get(), keys.data(), zeroes.data(), &count, nullptr) != 0)
    return errno_error("empty the map", name);
  return {};
}

}  // namespace

void Consumer::RingDeleter::operator()(ring_buffer* ring) const { ring_buffer__free(ring); }

Consumer::Consumer(PinDirectory pins, OnRecord on_record)
    : pins_(std::move(pins)), on_record_(std::move(on_record)) {}

Result<std::unique_ptr<Consumer>> Consumer::start(const PinDirectory& pins, const Wanted& wanted,
                                                  OnRecord on_record) {
  std::unique_ptr<Consumer> self(new Consumer(pins, std::move(on_record)));
  WGT_TRY(const UniqueFd lock, pins.lock());
  WGT_TRY_VOID(self->attach());
  WGT_TRY_VOID(self->take_slot(wanted));
  return self;
}

Result<void> Consumer::attach() {
  WGT_TRY(const auto ids, IdMap::open(pins_, "wgt_links"));
  std::uint32_t row = 0;
  for (const Hook& hook : kernel::hooks()) {
    const std::uint32_t place = row++;
    if (hook.when != When::kWatched) continue;
    const auto id = ids.get(place);
    if (id && *id != 0) {
      // Still there only if another consumer holds it.
      if (UniqueFd shared(bpf_link_get_fd_by_id(*id)); shared) {
        hooks_.push_back({&hook, true, {}});
        links_.push_back(std::move(shared));
        continue;
      }
    }
    if (!object_) {
      WGT_TRY(object_, BpfObject::load(When::kWatched, pins_));
    }
    Attached result;
    Link link = object_->attach(hook, result);
    hooks_.push_back(result);
    if (!link) {
      if (hook.need == Need::kMust) return make_error(Errc::kUnsupported, result.why);
      continue;
    }
    const int fd = bpf_link__fd(link.get());
    WGT_TRY_VOID(ids.set(place, link_id(fd)));
    UniqueFd copy(::dup(fd));
    if (!copy) return errno_error("duplicate", "a link");
    links_.push_back(std::move(copy));
    own_links_.push_back(std::move(link));
  }
  return {};
}

Result<void> Consumer::take_slot(const Wanted& wanted) {
  WGT_TRY(const auto consumers, ConsumerMap::open(pins_, "wgt_consumers"));
  WGT_TRY(const auto rings, IdMap::open(pins_, "wgt_rings"));
  WGT_TRY(const auto config, ConfigMap::open(pins_, "wgt_config"));
  wgt_config shared = config.get(0).value_or(wgt_config{});
  for (std::uint32_t i = 0; i < WGT_MAX_CONSUMERS; i++) {
    if (alive(consumers.get(i).value_or(wgt_consumer{}))) continue;
    // Free, or its owner was killed: reap it.
    WGT_TRY_VOID(consumers.set(i, wgt_consumer{}));
    rings.erase(i);
    shared.consumers &= ~(1u << i);
    shared.stacks &= ~(1u << i);
    shared.handshakes &= ~(1u << i);
    if (!slot_) slot_ = i;
  }
  if (!slot_)
    return make_error(Errc::kSystem, std::to_string(WGT_MAX_CONSUMERS) +
                                         " watches and recordings are running already; "
                                         "end one of them first");
  ring_fd_.reset(bpf_map_create(BPF_MAP_TYPE_RINGBUF, "wgt_ring", 0, 0, kRingBytes, nullptr));
  if (!ring_fd_) return errno_error("create", "a ring buffer");
  ring_.reset(ring_buffer__new(ring_fd_.get(), &Consumer::deliver, this, nullptr));
  if (!ring_) return errno_error("map", "the ring buffer");
  WGT_TRY_VOID(rings.set(*slot_, static_cast<std::uint32_t>(ring_fd_.get())));
  WGT_TRY_VOID(
      consumers.set(*slot_, wgt_consumer{wanted.device.value_or(wgt_device_key{}), mono_ns(),
                                         static_cast<std::uint32_t>(::getpid()), 0}));
  if (shared.consumers == 0) {
    WGT_TRY_VOID(empty_array(pins_, "wgt_tx_flight"));
    WGT_TRY_VOID(empty_array(pins_, "wgt_rx_flight"));
    WGT_TRY_VOID(empty_array(pins_, "wgt_polled"));
  }
  losses_at_start_ = read_losses(pins_);
  for (const UniqueFd& link : links_) skipped_at_start_ += recursion_misses(link.get());
  // Last: from here on records come.
  wgt_config changed = config.get(0).value_or(wgt_config{});
  changed.consumers = shared.consumers | 1u << *slot_;
  changed.stacks = shared.stacks | (wanted.stacks ? 1u : 0u) << *slot_;
  changed.handshakes = shared.handshakes | (wanted.handshakes ? 1u : 0u) << *slot_;
  asking_ = true;
  return config.set(0, changed);
}

void Consumer::stop() {
  if (!asking_) return;
  asking_ = false;
  const auto lock = pins_.lock();
  if (const auto config = ConfigMap::open(pins_, "wgt_config")) {
    if (auto c = config->get(0)) {
      c->consumers &= ~(1u << *slot_);
      c->stacks &= ~(1u << *slot_);
      c->handshakes &= ~(1u << *slot_);
      (void)config->set(0, *c);
    }
  }
  if (const auto rings = IdMap::open(pins_, "wgt_rings")) rings->erase(*slot_);
  if (const auto consumers = ConsumerMap::open(pins_, "wgt_consumers"))
    (void)consumers->set(*slot_, wgt_consumer{});
  skipped_ = skipped_programs();
  own_links_.clear();
  links_.clear();
}

Consumer::~Consumer() { stop(); }

int Consumer::fd() const { return ring_buffer__epoll_fd(ring_.get()); }

int Consumer::deliver(void* self, void* data, std::size_t size) {
  auto* consumer = static_cast<Consumer*>(self);
  const bool more = consumer->on_record_({static_cast<const std::byte*>(data), size});
  consumer->delivered_++;
  // A negative value ends ring_buffer__consume after this record.
  return !more || consumer->delivered_ >= consumer->budget_ ? -EAGAIN : 0;
}

std::size_t Consumer::consume(std::size_t limit) {
  budget_ = limit;
  delivered_ = 0;
  ring_buffer__consume(ring_.get());
  return delivered_;
}

Result<void> Consumer::heartbeat() {
  if (!asking_) return {};
  WGT_TRY(const auto consumers, ConsumerMap::open(pins_, "wgt_consumers"));
  WGT_TRY(const auto config, ConfigMap::open(pins_, "wgt_config"));
  auto c = consumers.get(*slot_);
  if (!c) return {};
  c->heartbeat_ns = mono_ns();
  WGT_TRY_VOID(consumers.set(*slot_, *c));
  auto shared = config.get(0);
  if (!shared || (shared->consumers & 1u << *slot_) != 0) return {};
  // We were stopped for so long that the kernel side gave us up: go on, and say so.
  taken_for_dead_++;
  WGT_TRY(const UniqueFd lock, pins_.lock());
  shared = config.get(0);
  if (!shared) return {};
  shared->consumers |= 1u << *slot_;
  return config.set(0, *shared);
}

std::map<std::string, std::uint64_t> Consumer::losses() const {
  const std::vector<std::uint64_t> now = read_losses(pins_);
  const auto since = [&](std::uint32_t which) { return now[which] - losses_at_start_[which]; };
  return {{"tx_table", since(WGT_LOSS_TX_TABLE)},
          {"rx_table", since(WGT_LOSS_RX_TABLE)},
          {"queue_table", since(WGT_LOSS_QUEUE_TABLE)},
          {"unfinished", since(WGT_LOSS_UNFINISHED)},
          {"taken_for_dead", taken_for_dead_},
          {"ring", slot_ ? since(WGT_LOSS_RING0 + *slot_) : 0}};
}

std::uint64_t Consumer::skipped_programs() const {
  std::uint64_t all = skipped_;
  if (links_.empty()) return all;
  for (const UniqueFd& link : links_) all += recursion_misses(link.get());
  return all - skipped_at_start_;
}

}  // namespace wgt::kernel
