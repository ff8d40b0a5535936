// SPDX-License-Identifier: GPL-2.0-only
// One reader of records: watch, record, later a paired session. Holds a ring of
// its own and the links of the watched hooks, shared with the other consumers.
// Nothing of it is pinned: when the process ends, in whatever way, the kernel
// detaches the hooks (with the last consumer), forgets the place (wgt_exit in
// bpf/seed.bpf.h) and the others go on. A process that is stopped keeps its place;
// what its ring has no room for is counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bpf/abi/state.h"
#include "plugin/event/device_key.h"
#include "plugin/filter/instruction.h"
#include "plugin/source/kernel/bpf_object.h"
#include "plugin/source/kernel/bpffs.h"
#include "plugin/source/source.h"
#include "wgtools/base/result.h"
#include "wgtools/base/unique_fd.h"

struct ring_buffer;

namespace wgt::kernel {

class Consumer {
 public:
  using OnRecord = std::function<bool(std::span<const std::byte>)>;  // false: enough for now

  struct Wanted {
    std::optional<event::DeviceKey> device;            // nullopt: every traced one
    bool stacks = false;                               // the kernel's stack with drops
    bool handshakes = false;                           // records of kind WGT_HANDSHAKE, too
    std::span<const filter::Instruction> filter = {};  // see source::Wanted
    std::uint32_t sample = 1;
    bool carriers = false;
  };

  // Attaches what is missing and asks for records. From its return on every packet's record
  // comes, or is counted.
  static Result<std::unique_ptr<Consumer>> start(const PinDirectory& pins, const Wanted& wanted,
                                                 OnRecord on_record);
  ~Consumer();
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  // Readable when much waits. Also look every kLookEvery: the kernel side does
  // not wake us for less (bpf/emit.bpf.h).
  int fd() const;
  static constexpr std::uint64_t kLookEveryMs = 100;

  // Hands out what is there, at most `limit` records; says how many.
  std::size_t consume(std::size_t limit);
  // False once what was asked for is taken down: the device is not traced any more, or nothing is.
  // It stays so: the same interface traced anew is another one to this consumer.
  bool is_traced() const;
  // Stop getting new records; what is in the ring can still be consumed.
  void stop();

  // Records that this consumer missed since it started, by place.
  std::map<std::string, std::uint64_t> losses() const;
  // Records that were not made because of Wanted::filter and Wanted::sample.
  source::LeftOut left_out() const;
  const std::vector<Attached>& hooks() const { return hooks_; }

 private:
  struct Maps;
  Consumer(PinDirectory pins, OnRecord on_record);
  Result<void> attach();
  Result<void> take_slot(const Wanted& wanted);
  Result<void> set_choice(const Wanted& wanted);
  static int deliver(void* self, void* data, std::size_t size);

  struct RingDeleter {
    void operator()(ring_buffer* ring) const;
  };

  PinDirectory pins_;
  OnRecord on_record_;
  std::unique_ptr<Maps> maps_;       // held open: they outlive their pins
  std::optional<BpfObject> object_;  // only if we had to attach something
  std::vector<Link> own_links_;
  std::vector<UniqueFd> links_;  // every watched hook's link, whoever attached it
  std::vector<Attached> hooks_;
  std::optional<wgt_device_key> device_;  // nullopt: every traced one
  std::uint64_t device_up_ns_ = 0;
  std::optional<std::uint32_t> slot_;
  UniqueFd place_;       // holds the slot's lock for as long as we live
  bool asking_ = false;  // our bit is set
  UniqueFd ring_fd_;
  std::unique_ptr<ring_buffer, RingDeleter> ring_;
  std::vector<std::uint64_t> losses_at_start_;
  source::LeftOut left_out_at_start_;
  std::size_t budget_ = 0;
  std::size_t delivered_ = 0;
};

}  // namespace wgt::kernel
