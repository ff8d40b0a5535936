// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/filter/packet_filter.h"

#include <pcap/pcap.h>

#include <cstdlib>
#include <utility>

#include "plugin/filter/headers.h"

namespace wgt::filter {
namespace {

constexpr int kSnapLength = 65535;

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
  // pcap_freecode() gives it back with free().
  Program program(new bpf_program{});
  program->bf_insns = static_cast<bpf_insn*>(std::calloc(instructions.size(), sizeof(bpf_insn)));
  if (program->bf_insns == nullptr) return make_error(Errc::kSystem, "filter: out of memory");
  program->bf_len = static_cast<unsigned>(instructions.size());
  bpf_insn* out = program->bf_insns;
  for (const Instruction& in : instructions) *out++ = {in.code, in.jt, in.jf, in.k};
  if (bpf_validate(program->bf_insns, static_cast<int>(program->bf_len)) == 0)
    return make_error(Errc::kCorrupt, "filter: not a valid program");
  return PacketFilter(std::move(program));
}

std::vector<Instruction> PacketFilter::instructions() const {
  std::vector<Instruction> all;
  if (!program_) return all;
  for (const bpf_insn& in : std::span(program_->bf_insns, program_->bf_len))
    all.push_back({in.code, in.jt, in.jf, in.k});
  return all;
}

bool PacketFilter::matches(const wgt_tuple& inner) const {
  if (!program_) return true;
  if (inner.version == 0) return false;

  const Headers headers(inner);
  pcap_pkthdr header{};
  header.caplen = static_cast<bpf_u_int32>(headers.bytes().size());
  header.len = inner.len;
  return pcap_offline_filter(program_.get(), &header, headers.bytes().data()) != 0;
}

bool PacketFilter::may_match(const wgt_record& record) const {
  // An ICMP error about the packet around it: inner is the error (record.h).
  const bool rejection = record.kind == WGT_DROP && record.verdict == WGT_V_NETWORK_REJECTED;
  return rejection || record.inner.version == 0 || matches(record.inner);
}

}  // namespace wgt::filter
