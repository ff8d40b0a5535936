// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/json/json_sink.h"

#include <array>

#include "plugin/explain/flow.h"
#include "plugin/sink/json/json_values.h"
#include "plugin/sink/text/printable.h"
#include "plugin/sink/text/units.h"

namespace wgt::sink {
namespace {

namespace json = boost::json;

// An object of a path is made with room for all fields that it can have.
json::object ends(const event::Tuple& flow, const json::storage_ptr& memory) {
  json::object object(5, memory);
  object["src"] = to_string(flow.src);
  object["src_port"] = flow.src_port;
  object["dst"] = to_string(flow.dst);
  object["dst_port"] = flow.dst_port;
  return object;
}

json::value inner(const std::optional<event::Tuple>& flow, const json::storage_ptr& memory) {
  if (!flow) return nullptr;
  json::object object(12, memory);
  object["version"] = flow->src.version;
  object["proto"] = explain::proto_name(flow->proto);
  object["src"] = to_string(flow->src);
  if (explain::has_ports(*flow)) object["src_port"] = flow->src_port;
  object["dst"] = to_string(flow->dst);
  if (explain::has_ports(*flow)) object["dst_port"] = flow->dst_port;
  if (event::is_icmp(*flow)) {
    const bool echo = event::is_icmp_echo(*flow);
    object["icmp_type"] = flow->icmp_type;
    object["icmp_code"] = flow->icmp_code;
    object["icmp_id"] = echo ? json::value(flow->icmp_id) : json::value(nullptr);
    object["icmp_seq"] = echo ? json::value(flow->icmp_seq) : json::value(nullptr);
  }
  object["len"] = number_or_null(flow->len);
  return object;
}

json::value outer(const std::optional<event::Tuple>& flow, const json::storage_ptr& memory) {
  if (!flow) return nullptr;
  json::object object = ends(*flow, memory);
  object["len"] = number_or_null(flow->len);
  return object;
}

json::value key(const std::optional<event::PacketKey>& wire_key, const json::storage_ptr& memory) {
  if (!wire_key) return nullptr;
  return json::object(
      {{"receiver_index", wire_key->receiver_index}, {"counter", wire_key->counter}}, memory);
}

json::array hops(const explain::Side& side, const json::storage_ptr& memory) {
  json::array array(memory);
  for (const explain::Hop& hop : side.hops)
    array.push_back(
        json::object({{"stage", event::stage_name(hop.stage)}, {"ns", hop.ns}}, memory));
  return array;
}

json::object common(const explain::Side& side, const json::storage_ptr& memory) {
  json::object object(10, memory);
  object["host"] = valid_utf8(side.host);
  object["netns"] = text_or_null(side.netns);
  object["interface"] = valid_utf8(side.interface);
  object["peer"] = side.peer ? json::value(wg::to_base64(*side.peer)) : json::value(nullptr);
  object["complete"] = side.complete;
  object["t0"] = time_or_null(side.t0_wall_ns);
  return object;
}

json::value tx(const std::optional<explain::Side>& side, const json::storage_ptr& memory) {
  if (!side) return nullptr;
  json::object object = common(*side, memory);
  if (side->tried_since_wall_ns != 0)
    object["tried_since"] = time_or_null(side->tried_since_wall_ns);
  if (side->gso_segments != 0)
    object["gso"] = {{"segment", side->gso_segment}, {"of", side->gso_segments}};
  object["hops"] = hops(*side, memory);
  return object;
}

json::value rx(const std::optional<explain::Side>& side, const json::storage_ptr& memory) {
  if (!side) return nullptr;
  json::object object = common(*side, memory);
  object["outer"] = side->outer ? json::value(ends(*side->outer, memory)) : json::value(nullptr);
  object["hops"] = hops(*side, memory);
  return object;
}

json::value network(const std::optional<explain::Network>& time, const json::storage_ptr& memory) {
  if (!time) return nullptr;
  return json::object({{"ns", time->ns}, {"error_ns", time->error_ns}}, memory);
}

json::value side_name(event::VerdictSide side) {
  switch (side) {
    case event::VerdictSide::kTx:
      return "tx";
    case event::VerdictSide::kNetwork:
      return "network";
    case event::VerdictSide::kRx:
      return "rx";
    case event::VerdictSide::kNone:
      break;
  }
  return nullptr;
}

json::object verdict(const explain::Verdict& verdict, const json::storage_ptr& memory) {
  json::object object(10, memory);
  object["id"] = event::verdict_id(verdict.id);
  object["side"] = side_name(verdict.side);
  object["stage"] =
      verdict.stage ? json::value(event::stage_name(*verdict.stage)) : json::value(nullptr);
  object["reason"] = text_or_null(verdict.reason);
  object["function"] = text_or_null(verdict.function);
  if (!verdict.stack.empty()) {
    json::array& stack = object["stack"].emplace_array();
    for (const std::string& function : verdict.stack) stack.emplace_back(valid_utf8(function));
  }
  object["certainty"] = explain::certainty_name(verdict.certainty);
  object["message"] = valid_utf8(verdict.message);
  object["advice"] = text_or_null(verdict.advice);
  object["command"] = text_or_null(verdict.command);
  return object;
}

}  // namespace

json::object to_json(const explain::PathView& path, const json::storage_ptr& memory) {
  json::object object(12, memory);
  object["schema"] = kSchema;
  object["kind"] = "path";
  object["key"] = key(path.key, memory);
  object["inner"] = inner(path.inner, memory);
  object["outer"] = outer(path.outer, memory);
  object["tx"] = tx(path.tx, memory);
  object["rx"] = rx(path.rx, memory);
  object["network"] = network(path.network, memory);
  object["verdict"] = verdict(path.verdict, memory);
  if (path.amends) object["amends"] = event::verdict_id(*path.amends);
  return object;
}

json::object to_json(const explain::Summary& summary) {
  json::object by_verdict;
  for (const auto& [id, count] : summary.by_verdict) by_verdict[id] = count;
  json::object object;
  object["schema"] = kSchema;
  object["kind"] = "summary";
  object["paths"] = summary.paths;
  object["amended"] = summary.amended;
  object["filtered"] = summary.filtered;
  object["sampled"] = summary.sampled;
  object["lost"] = summary.lost;
  object["cut"] = summary.cut;
  object["by_verdict"] = std::move(by_verdict);
  return object;
}

json::value other_end(const std::optional<explain::HandshakeView::OtherEnd>& end) {
  if (!end) return nullptr;
  return {{"fate", end->fate},
          {"host", valid_utf8(end->host)},
          {"netns", text_or_null(end->netns)},
          {"interface", valid_utf8(end->interface)},
          {"id", text_or_null(end->result)},
          {"reason", text_or_null(end->reason)}};
}

json::object to_json(const explain::HandshakeView& h) {
  json::object object;
  object["schema"] = kSchema;
  object["kind"] = "handshake";
  object["id"] = h.id;
  object["time"] = format_rfc3339(h.wall_ns);
  object["host"] = valid_utf8(h.host);
  object["netns"] = text_or_null(h.netns);
  object["interface"] = valid_utf8(h.interface);
  object["peer"] = h.peer ? json::value(wg::to_base64(*h.peer)) : json::value(nullptr);
  object["sender_index"] = h.sender_index != 0 ? json::value(h.sender_index) : json::value(nullptr);
  object["receiver_index"] =
      h.receiver_index != 0 ? json::value(h.receiver_index) : json::value(nullptr);
  object["attempts"] = h.attempts;
  object["after_ns"] = h.after_ns ? json::value(*h.after_ns) : json::value(nullptr);
  object["error"] = text_or_null(h.error);
  object["reason"] = text_or_null(h.reason);
  object["outer"] = outer(h.outer, object.storage());
  object["other_end"] = other_end(h.other_end);
  object["message"] = valid_utf8(h.message);
  return object;
}

void JsonSink::handshake(const explain::HandshakeView& handshake) {
  out_ << json_line(to_json(handshake));
}

void JsonSink::path(const explain::PathView& path) {
  // A path's many small pieces are allocated from here, and given back all at once.
  std::array<unsigned char, std::size_t{16} * 1024> first;
  json::monotonic_resource memory(first.data(), first.size());
  out_ << json_line(to_json(path, &memory));
}

void JsonSink::summary(const explain::Summary& summary) { out_ << json_line(to_json(summary)); }

}  // namespace wgt::sink
