// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/filter/packet_filter.h"

#include <pcap/pcap.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "bpf/abi/filter.h"
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

// Linux' own loads: how a frame came, on which interface, its VLAN (SKF_AD_OFF in linux/filter.h).
// Here there is no frame.
constexpr std::uint32_t kFrameFacts = 0xfffff000;

bool loads(const bpf_insn& in) { return BPF_CLASS(in.code) == BPF_LD; }

bool asks_about_frame(const bpf_insn& in) {
  return loads(in) && BPF_MODE(in.code) == BPF_ABS && in.k >= kFrameFacts;
}

// A load from behind the headers refuses the packet. Where X is only ever the length of the network
// header, that is what an indirect one adds at least.
bool always_fails(const bpf_insn& in, bool x_is_header) {
  if (!loads(in)) return false;
  const std::uint64_t size = BPF_SIZE(in.code) == BPF_W ? 4 : BPF_SIZE(in.code) == BPF_H ? 2 : 1;
  if (BPF_MODE(in.code) == BPF_ABS) return in.k + size > Headers::kMaxBytes;
  return BPF_MODE(in.code) == BPF_IND &&
         in.k + size + (x_is_header ? Headers::kIpv4Bytes : 0) > Headers::kMaxBytesOfIpv4;
}

// Whether some packet gets through. Jumps only go forward, so one look from the end on suffices.
bool may_accept(std::span<const bpf_insn> program) {
  const bool x_is_header = std::ranges::none_of(program, [](const bpf_insn& in) {
    return in.code == (BPF_MISC | BPF_TAX) ||
           (BPF_CLASS(in.code) == BPF_LDX && BPF_MODE(in.code) != BPF_MSH);
  });
  std::vector<bool> accepts(program.size() + 1);
  for (std::size_t i = program.size(); i-- > 0;) {
    const bpf_insn& in = program[i];
    if (BPF_CLASS(in.code) == BPF_RET) {
      accepts[i] = BPF_RVAL(in.code) != BPF_K || in.k != 0;
    } else if (BPF_CLASS(in.code) == BPF_JMP && BPF_OP(in.code) == BPF_JA) {
      accepts[i] = accepts[std::min(i + 1 + in.k, program.size())];
    } else if (BPF_CLASS(in.code) == BPF_JMP) {
      accepts[i] = accepts[std::min(i + 1 + in.jt, program.size())] ||
                   accepts[std::min(i + 1 + in.jf, program.size())];
    } else {
      accepts[i] = accepts[i + 1] && !always_fails(in, x_is_header);
    }
  }
  return accepts[0];
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
  const std::span all(program->bf_insns, program->bf_len);
  if (std::ranges::any_of(all, asks_about_frame))
    return make_error(Errc::kInvalid, "filter \"" + expression +
                                          "\": asks how a frame came (inbound, outbound, ifindex, "
                                          "vlan), but filters are on the inner packet");
  if (!may_accept(all))
    return make_error(Errc::kInvalid,
                      "filter \"" + expression +
                          "\": matches no packet: only headers are recorded, and no "
                          "payload or options");
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

std::optional<std::vector<Instruction>> PacketFilter::instructions_for_kernel() const {
  std::vector<Instruction> all = instructions();
  if (all.size() > WGT_MAX_FILTER || !from_instructions(all)) return std::nullopt;
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
  return inner == nullptr || event::is_matched(event) || matches(inner);
}

}  // namespace wgt::filter
