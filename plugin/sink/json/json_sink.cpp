// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/json/json_sink.h"

#include "plugin/sink/json/json_values.h"
#include "plugin/sink/json/path_json.h"
#include "plugin/sink/text/printable.h"
#include "plugin/sink/text/units.h"

namespace wgt::sink {
namespace {

namespace json = boost::json;

json::object ends(const event::Tuple& flow) {
  json::object object;
  object["src"] = to_string(flow.src);
  object["src_port"] = flow.src_port;
  object["dst"] = to_string(flow.dst);
  object["dst_port"] = flow.dst_port;
  return object;
}

json::value outer(const std::optional<event::Tuple>& flow) {
  if (!flow) return nullptr;
  json::object object = ends(*flow);
  object["len"] = number_or_null(flow->len);
  return object;
}

}  // namespace

json::object to_json(const explain::PathView& path) {
  std::string line;
  append_json(path, line);
  return json::parse(line).as_object();
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
  object["outer"] = outer(h.outer);
  object["other_end"] = other_end(h.other_end);
  object["message"] = valid_utf8(h.message);
  return object;
}

void JsonSink::handshake(const explain::HandshakeView& handshake) {
  out_ << json_line(to_json(handshake));
}

void JsonSink::path(const explain::PathView& path) {
  line_.clear();
  append_json(path, line_);
  out_.write(line_.data(), static_cast<std::streamsize>(line_.size()));
}

void JsonSink::summary(const explain::Summary& summary) { out_ << json_line(to_json(summary)); }

}  // namespace wgt::sink
