// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/consumer.h"

#include <unistd.h>

#include <numeric>

#include "plugin/event/losses.h"
#include "plugin/event/to_abi.h"
#include "plugin/source/kernel/maps.h"
#include "plugin/source/kernel/own_process.h"
#include "plugin/source/kernel/places.h"
#include "wgtools/base/counter.h"

namespace wgt::kernel {

namespace {

using ConfigMap = PinnedMap<std::uint32_t, wgt_config>;
using ConsumerMap = PinnedMap<std::uint32_t, wgt_consumer>;
using IdMap = PinnedMap<std::uint32_t, std::uint32_t>;  // wgt_links, wgt_rings
using LossMap = PinnedMap<std::uint32_t, std::uint64_t>;
using DeviceMap = PinnedMap<wgt_device_key, wgt_device>;
using FilterMap = PinnedMap<std::uint32_t, wgt_filter>;

constexpr std::size_t kRingBytes = 16 << 20;

std::uint32_t link_id(int fd) {
  bpf_link_info info{};
  std::uint32_t size = sizeof(info);
  return bpf_obj_get_info_by_fd(fd, &info, &size) == 0 ? info.id : 0;
}

std::uint32_t map_id(int fd) {
  bpf_map_info info{};
  std::uint32_t size = sizeof(info);
  return bpf_obj_get_info_by_fd(fd, &info, &size) == 0 ? info.id : 0;
}

std::uint64_t sum(const LossMap& map, std::uint32_t place) {
  const std::vector<std::uint64_t> by_cpu = map.get_per_cpu(place);
  return std::accumulate(by_cpu.begin(), by_cpu.end(), std::uint64_t{0});
}

std::vector<std::uint64_t> read_losses(const LossMap& map) {
  std::vector<std::uint64_t> all(WGT_LOSSES, 0);
  for (std::uint32_t i = 0; i < WGT_LOSSES; i++) all[i] = sum(map, i);
  return all;
}

// What a consumer wanted.
void forget(wgt_config& config, std::uint32_t slot) {
  for (std::uint32_t* wanted : {&config.consumers, &config.stacks, &config.handshakes,
                                &config.filters, &config.samples, &config.carriers})
    *wanted &= ~(1u << slot);
}

source::LeftOut read_left_out(const LossMap& map, std::uint32_t slot) {
  return {sum(map, slot * WGT_LEFT_OUT + WGT_LEFT_FILTERED),
          sum(map, slot * WGT_LEFT_OUT + WGT_LEFT_SAMPLED)};
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

struct Consumer::Maps {
  ConfigMap config;
  ConsumerMap consumers;
  IdMap rings;
  IdMap links;
  LossMap losses;
  DeviceMap devices;
  FilterMap filters;
  LossMap left_out;
  std::uint32_t config_id;

  static Result<std::unique_ptr<Maps>> open(const PinDirectory& pins) {
    WGT_TRY(auto config, ConfigMap::open(pins, "wgt_config"));
    WGT_TRY(auto consumers, ConsumerMap::open(pins, "wgt_consumers"));
    WGT_TRY(auto rings, IdMap::open(pins, "wgt_rings"));
    WGT_TRY(auto links, IdMap::open(pins, "wgt_links"));
    WGT_TRY(auto losses, LossMap::open(pins, "wgt_losses"));
    WGT_TRY(auto devices, DeviceMap::open(pins, "wgt_devices"));
    WGT_TRY(auto filters, FilterMap::open(pins, "wgt_filters"));
    WGT_TRY(auto left_out, LossMap::open(pins, "wgt_left_out"));
    const std::uint32_t id = map_id(config.fd());
    return std::unique_ptr<Maps>(new Maps{std::move(config), std::move(consumers), std::move(rings),
                                          std::move(links), std::move(losses), std::move(devices),
                                          std::move(filters), std::move(left_out), id});
  }
};

void Consumer::RingDeleter::operator()(ring_buffer* ring) const { ring_buffer__free(ring); }

Consumer::Consumer(PinDirectory pins, OnRecord on_record)
    : pins_(std::move(pins)), on_record_(std::move(on_record)) {}

Result<std::unique_ptr<Consumer>> Consumer::start(const PinDirectory& pins, const Wanted& wanted,
                                                  OnRecord on_record) {
  std::unique_ptr<Consumer> self(new Consumer(pins, std::move(on_record)));
  WGT_TRY(const UniqueFd lock, pins.lock());
  WGT_TRY(self->maps_, Maps::open(pins));
  WGT_TRY_VOID(self->attach());
  WGT_TRY_VOID(self->take_slot(wanted));
  return self;
}

Result<void> Consumer::attach() {
  const IdMap& ids = maps_->links;
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
  WGT_TRY(const OwnProcess self, own_process());
  WGT_TRY(place_, pins_.places());
  wgt_config shared = maps_->config.get(0).value_or(wgt_config{});
  for (std::uint32_t i = 0; i < WGT_MAX_CONSUMERS; i++) {
    if (is_place_held(place_, i)) continue;
    // Free, or its owner was killed where wgt_exit could not see it: reap it.
    WGT_TRY_VOID(maps_->consumers.set(i, wgt_consumer{}));
    maps_->rings.erase(i);
    forget(shared, i);
    if (!slot_) slot_ = i;
  }
  if (!slot_)
    return make_error(Errc::kSystem, std::to_string(WGT_MAX_CONSUMERS) +
                                         " watches and recordings are running already; "
                                         "end one of them first");
  WGT_TRY_VOID(hold_place(place_, *slot_));
  if (wanted.device) device_ = event::to_abi(*wanted.device);
  if (device_) {
    const auto device = maps_->devices.get(*device_);
    if (!device) return make_error(Errc::kNotFound, "the interface is not traced any more");
    device_up_ns_ = device->up_ns;
  }
  ring_fd_.reset(bpf_map_create(BPF_MAP_TYPE_RINGBUF, "wgt_ring", 0, 0, kRingBytes, nullptr));
  if (!ring_fd_) return errno_error("create", "a ring buffer");
  ring_.reset(ring_buffer__new(ring_fd_.get(), &Consumer::deliver, this, nullptr));
  if (!ring_) return errno_error("map", "the ring buffer");
  WGT_TRY_VOID(maps_->rings.set(*slot_, static_cast<std::uint32_t>(ring_fd_.get())));
  WGT_TRY_VOID(maps_->consumers.set(
      *slot_, wgt_consumer{device_.value_or(wgt_device_key{}), self.tgid, self.pidns}));
  if (shared.consumers == 0) {
    WGT_TRY_VOID(empty_array(pins_, "wgt_tx_flight"));
    WGT_TRY_VOID(empty_array(pins_, "wgt_rx_flight"));
    WGT_TRY_VOID(empty_array(pins_, "wgt_polled"));
  }
  losses_at_start_ = read_losses(maps_->losses);
  WGT_TRY_VOID(set_choice(wanted));
  // Last: from here on records come.
  wgt_config changed = maps_->config.get(0).value_or(wgt_config{});
  changed.consumers = shared.consumers | 1u << *slot_;
  changed.stacks = shared.stacks | (wanted.stacks ? 1u : 0u) << *slot_;
  changed.handshakes = shared.handshakes | (wanted.handshakes ? 1u : 0u) << *slot_;
  changed.filters = shared.filters | (wanted.filter.empty() ? 0u : 1u) << *slot_;
  changed.samples = shared.samples | (wanted.sample > 1 ? 1u : 0u) << *slot_;
  changed.carriers = shared.carriers | (wanted.carriers ? 1u : 0u) << *slot_;
  asking_ = true;
  return maps_->config.set(0, changed);
}

Result<void> Consumer::set_choice(const Wanted& wanted) {
  wgt_filter choice{};
  if (wanted.filter.size() > WGT_MAX_FILTER)
    return make_error(Errc::kInvalid, "the filter is too long for the kernel");
  choice.sample = wanted.sample;
  for (const filter::Instruction& in : wanted.filter)
    choice.step[choice.steps++] = {in.code, in.jt, in.jf, in.k};
  WGT_TRY_VOID(maps_->filters.set(*slot_, choice));
  left_out_at_start_ = read_left_out(maps_->left_out, *slot_);
  return {};
}

void Consumer::stop() {
  if (!asking_) return;
  asking_ = false;
  const auto lock = pins_.lock();
  if (auto c = maps_->config.get(0)) {
    forget(*c, *slot_);
    (void)maps_->config.set(0, *c);
  }
  maps_->rings.erase(*slot_);
  (void)maps_->consumers.set(*slot_, wgt_consumer{});
  place_.reset();
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

bool Consumer::is_traced() const {
  const UniqueFd pinned(bpf_obj_get(pins_.map("wgt_config").c_str()));
  if (pinned ? map_id(pinned.get()) != maps_->config_id : errno == ENOENT) return false;
  if (!device_) return true;
  const auto device = maps_->devices.get(*device_);
  return device && device->up_ns == device_up_ns_;
}

std::map<std::string, std::uint64_t> Consumer::losses() const {
  std::vector<std::uint64_t> since = read_losses(maps_->losses);
  for (std::size_t i = 0; i < since.size(); i++)
    since[i] = counted_since(since[i], losses_at_start_[i]);
  auto by_cause = event::shared_losses(since, event::LossKind::kRecord);
  by_cause[event::kRingLoss] = slot_ ? since[WGT_LOSS_RING0 + *slot_] : 0;
  return by_cause;
}

source::LeftOut Consumer::left_out() const {
  if (!slot_) return {};
  const source::LeftOut now = read_left_out(maps_->left_out, *slot_);
  return {counted_since(now.filtered, left_out_at_start_.filtered),
          counted_since(now.sampled, left_out_at_start_.sampled)};
}

}  // namespace wgt::kernel
