// SPDX-License-Identifier: GPL-2.0-only
// The FILTER argument: a pcap-filter expression on the inner packet. libpcap
// wants a packet and a record only keeps its header fields, so the headers are
// put together again for it. Single-threaded: pcap_compile() is not reentrant
// in older libpcap.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plugin/event/event.h"
#include "plugin/filter/instruction.h"
#include "wgtools/base/result.h"

struct bpf_program;

namespace wgt::filter {

class PacketFilter {
 public:
  // An empty expression matches everything. Errors: kInvalid, with libpcap's message.
  static Result<PacketFilter> compile(const std::string& expression);

  // What another host compiled. Errors: kCorrupt for a program that could run out of its bounds,
  // or does not end. None matches everything.
  static Result<PacketFilter> from_instructions(std::span<const Instruction> instructions);
  std::vector<Instruction> instructions() const;
  // Those, if they end by themselves and are no more than the kernel side takes; nullopt:
  // protochain, which loops, or a very long list.
  std::optional<std::vector<Instruction>> instructions_for_kernel() const;

  // Whether the expression holds for the packet in the tunnel; of nullptr, one that is not known,
  // only the empty expression holds. `greater`, `less` and `len` see the whole packet's length,
  // while payload bytes are not there to be matched.
  bool matches(const event::Tuple* inner) const;

  // Whether an event may belong to a path that matches(): a receiver that could not decrypt does
  // not know the inner packet, the sender's record decides it after the join. Recordings keep
  // what this keeps, or the join would take a filtered record for a packet lost on the way.
  bool may_match(const event::Event& event) const;

 private:
  struct Deleter {
    void operator()(bpf_program* program) const;
  };
  using Program = std::unique_ptr<bpf_program, Deleter>;
  explicit PacketFilter(Program program) : program_(std::move(program)) {}

  Program program_;  // none: matches everything
};

}  // namespace wgt::filter
