// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/filter/packet_filter.h"

#include <pcap/pcap.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "plugin/filter/headers.h"

namespace wgt::filter {
namespace {

constexpr int kSnapLength = 65535;

// Every instruction that libpcap's interpreter knows. It calls abort() for others, and
// bpf_validate() lets some of them pass.
constexpr std::uint16_t kKnownCodes[] = {
    0x00, 0x01, 0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0x60, 0x61, 0x80, 0x81, 0xb1,  // load
    0x02, 0x03,                                                                    // store
    0x04, 0x14, 0x24, 0x34, 0x44, 0x54, 0x64, 0x74, 0x84, 0x94, 0xa4,              // with k
    0x0c, 0x1c, 0x2c, 0x3c, 0x4c, 0x5c, 0x6c, 0x7c, 0x9c, 0xac,                    // with x
    0x05, 0x15, 0x25, 0x35, 0x45, 0x1d, 0x2d, 0x3d, 0x4d,                          // jump
    0x06, 0x16,                                                                    // return
    0x07, 0x87,                                                                    // a, x
};

// `behind`: how many come after it. bpf_validate() lets long jumps wrap around, backwards.
bool is_safe(const Instruction& in, std::size_t behind) {
  const bool shifts = in.code == 0x64 || in.code == 0x74;
  const bool jumps = in.code == 0x05;
  return std::find(std::begin(kKnownCodes), std::end(kKnownCodes), in.code) !=
             std::end(kKnownCodes) &&
         (!shifts || in.k < 32) && (!jumps || in.k < behind);
}

struct PcapCloser {
  void operator()(pcap_t* pcap) const { pcap_close(pcap); }
};

}  // namespace

void PacketFilter::Deleter::operator()(bpf_program* program) const {
  pcap_freecode(program);
  delete program;
}

Result<PacketFilter> PacketFilter::compile(const std::string& expression) {
  if (expression.find_first_not_of(" \t\n") == std::string::npos) return PacketFilter(nullptr);

  const std::unique_ptr<pcap_t, PcapCloser> pcap(pcap_open_dead(DLT_RAW, kSnapLength));
  if (!pcap) return make_error(Errc::kSystem, "filter: out of memory");

  Program program(new bpf_program{});
  if (pcap_compile(pcap.get(), program.get(), expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0)
    return make_error(Errc::kInvalid, "filter \"" + expression + "\": " + pcap_geterr(pcap.get()));
  return PacketFilter(std::move(program));
}

Result<PacketFilter> PacketFilter::from_instructions(std::span<const Instruction> instructions) {
  if (instructions.empty()) return PacketFilter(nullptr);
  std::size_t behind = instructions.size();
  for (const Instruction& in : instructions)
    if (!is_safe(in, --behind)) return make_error(Errc::kCorrupt, "filter: not a safe program");
  // pcap_freecode() gives it back with free().
  Program program(new bpf_program{});
  program->bf_insns = static_cast<bpf_insn*>(std::calloc(instructions.size(), sizeof(bpf_insn)));
  if (program->bf_insns == nullptr) return make_error(Errc::kSystem, "filter: out of memory");
  program->bf_len = static_cast<unsigned>(instructions.size());
  bpf_insn* out = program->bf_insns;
  for (const Instruction& in : instructions) *out++ = {in.code, in.jt, in.jf, in.k};
  if (bpf_validate(program->bf_insns, static_cast<int>(program->bf_len)) == 0)
    return make_error(Errc::kCorrupt, "filter: not a safe program");
  return PacketFilter(std::move(program));
}

std::vector<Instruction> PacketFilter::instructions() const {
  std::vector<Instruction> all;
  if (!program_) return all;
  for (const bpf_insn& in : std::span(program_->bf_insns, program_->bf_len))
    all.push_back({in.code, in.jt, in.jf, in.k});
  return all;
}

bool PacketFilter::matches(const event::Tuple* inner) const {
  if (!program_) return true;
  if (inner == nullptr) return false;

  const Headers headers(*inner);
  pcap_pkthdr header{};
  header.caplen = static_cast<bpf_u_int32>(headers.bytes().size());
  header.len = inner->len;
  return pcap_offline_filter(program_.get(), &header, headers.bytes().data()) != 0;
}

bool PacketFilter::may_match(const event::Event& event) const {
  const event::Tuple* inner = event::inner_of(event);
  return inner == nullptr || matches(inner);
}

}  // namespace wgt::filter
