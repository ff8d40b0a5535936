// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/text/flow_text.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>

#include "plugin/explain/flow.h"

namespace wgt::sink {
namespace {

bool is_reply(const event::Tuple& flow) {
  return flow.icmp_type == ICMP_ECHOREPLY || flow.icmp_type == ICMPV6_ECHO_REPLY;
}

std::string icmp_words(const event::Tuple& flow) {
  if (!event::is_icmp_echo(flow))
    return "type " + std::to_string(flow.icmp_type) + " code " + std::to_string(flow.icmp_code);
  return std::string(is_reply(flow) ? "echo reply" : "echo request") + " id " +
         std::to_string(flow.icmp_id) + " seq " + std::to_string(flow.icmp_seq);
}

std::string icmp_compact(const event::Tuple& flow) {
  if (!event::is_icmp_echo(flow))
    return std::to_string(flow.icmp_type) + "/" + std::to_string(flow.icmp_code);
  return (is_reply(flow) ? "reply " : "echo ") + std::to_string(flow.icmp_id) + "/" +
         std::to_string(flow.icmp_seq);
}

}  // namespace

std::vector<std::string> flow_parts(const event::Tuple& flow) {
  std::vector<std::string> parts = {
      explain::proto_name(flow.proto) + " " + explain::source_text(flow),
      "→ " + explain::destination_text(flow)};
  if (event::is_icmp(flow)) parts.push_back(" " + icmp_words(flow));
  if (flow.len != 0) parts.push_back(" " + std::to_string(flow.len) + " bytes");
  return parts;
}

std::string unknown_inner(const explain::PathView& path) {
  return path.verdict.id == event::VerdictId::KEEPALIVE ? "keepalive" : "an encrypted packet";
}

std::string compact_flow(const event::Tuple& flow) {
  std::string text = explain::source_text(flow) + "→" + explain::destination_text(flow);
  if (event::is_icmp(flow)) text += " " + icmp_compact(flow);
  return text;
}

}  // namespace wgt::sink
