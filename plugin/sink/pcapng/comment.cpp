// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/pcapng/comment.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "plugin/explain/flow.h"
#include "plugin/sink/text/printable.h"

namespace wgt::sink::pcapng {
namespace {

constexpr const char* kBetween = " | ";

std::string fate(const explain::PathView& path, bool is_end) {
  const explain::Verdict& verdict = path.verdict;
  if (event::is_success(verdict.id)) return event::verdict_id(verdict.id);
  const std::string id = event::verdict_id(verdict.id);
  const bool open = verdict.id == event::VerdictId::UNKNOWN || event::is_pending(verdict.id);
  if (!is_end) return (open ? "later " : "dropped later: ") + id;
  std::string text = (open ? "" : "DROPPED ") + id;
  if (verdict.stage) text += std::string(" at ") + event::stage_name(*verdict.stage);
  if (verdict.reason) text += " (" + *verdict.reason + ")";
  text += ": " + verdict.message;
  if (verdict.advice) text += kBetween + *verdict.advice;
  return text + kBetween + explain::certainty_name(verdict.certainty);
}

std::string hops(const char* name, const explain::Side& side) {
  std::string text =
      kBetween + std::string(name) + " " + explain::side_label(side) + " " + side.interface;
  const char* separator = ": ";
  for (const explain::Hop& hop : side.hops) {
    text += separator + std::string(event::stage_name(hop.stage)) + " " + std::to_string(hop.ns);
    separator = ", ";
  }
  if (!side.hops.empty()) text += " ns";
  if (side.gso_segments != 0)
    text += ", segment " + std::to_string(side.gso_segment + 1) + " of " +
            std::to_string(side.gso_segments);
  return text;
}

// What readers show only of a whole header.
std::string tcp_words(const event::Tuple& inner) {
  struct Flag {
    unsigned bit;
    const char* name;
  };
  constexpr Flag kFlags[] = {{TH_SYN, "SYN"},  {TH_FIN, "FIN"}, {TH_RST, "RST"},
                             {TH_PUSH, "PSH"}, {TH_ACK, "ACK"}, {TH_URG, "URG"}};
  std::string text = kBetween + std::string("tcp");
  for (const Flag& flag : kFlags)
    if ((inner.tcp_flags & flag.bit) != 0) text += std::string(" ") + flag.name;
  return text + " seq " + std::to_string(inner.seq);
}

std::string icmp_words(const event::Tuple& inner) {
  return kBetween + explain::proto_name(inner.proto) + " type " + std::to_string(inner.icmp_type) +
         " code " + std::to_string(inner.icmp_code);
}

std::string one_line(std::string text) {
  text = printable(text, true);
  for (char& c : text)
    if (c == '\n' || c == '\t') c = ' ';
  return text;
}

}  // namespace

std::string comment_of(const explain::PathView& path, bool is_end) {
  std::string text = fate(path, is_end);
  if (path.amends) text += kBetween + std::string("was ") + event::verdict_id(*path.amends);
  if (path.tx) text += hops("tx", *path.tx);
  if (path.network)
    text += kBetween + std::string("network ") + std::to_string(path.network->ns) + " ± " +
            std::to_string(path.network->error_ns) + " ns";
  if (path.rx) text += hops("rx", *path.rx);
  if (path.inner && path.inner->proto == IPPROTO_TCP) text += tcp_words(*path.inner);
  if (path.inner && event::is_icmp(*path.inner)) text += icmp_words(*path.inner);
  return one_line(std::move(text));
}

std::string comment_of(const explain::HandshakeView& handshake) {
  std::string text = handshake.id + ": " + handshake.message;
  if (handshake.reason) text += " (" + *handshake.reason + ")";
  return one_line(std::move(text));
}

}  // namespace wgt::sink::pcapng
