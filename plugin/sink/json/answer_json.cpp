// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/json/answer_json.h"

#include "plugin/explain/rejection.h"
#include "plugin/sink/json/json_sink.h"
#include "plugin/sink/json/json_values.h"
#include "plugin/sink/text/printable.h"

namespace wgt::sink {
namespace {

namespace json = boost::json;

json::value path_or_null(const std::optional<explain::PathView>& path) {
  return path ? json::value(to_json(*path)) : json::value(nullptr);
}

}  // namespace

json::object to_json(const health::Probe& probe) {
  json::object object;
  object["number"] = probe.number;
  object["error"] = text_or_null(probe.error);
  object["answer_ns"] = probe.answer_ns ? json::value(*probe.answer_ns) : json::value(nullptr);
  object["refused"] = probe.refused;
  object["rejected"] = nullptr;
  if (probe.rejected)
    object["rejected"] = {
        {"by", to_string(probe.rejected->by)},
        {"reason", explain::rejection_name(probe.rejected->what)},
        {"mtu", probe.rejected->mtu != 0 ? json::value(probe.rejected->mtu) : nullptr}};
  object["there"] = path_or_null(probe.there);
  object["back"] = path_or_null(probe.back);
  return object;
}

json::object to_json(const health::WhyFacts& facts, const health::Answer& answer) {
  json::object object;
  object["schema"] = kSchema;
  object["kind"] = "answer";
  object["destination"] = to_string(facts.destination);
  object["port"] = facts.port ? json::value(*facts.port) : json::value(nullptr);
  object["netns"] = text_or_null(facts.netns);
  object["interface"] =
      facts.interface.empty() ? json::value(nullptr) : json::value(valid_utf8(facts.interface));
  object["peer"] =
      facts.peer ? json::value(wg::to_base64(facts.peer->public_key)) : json::value(nullptr);
  object["status"] = health::outcome_name(answer.outcome);
  object["id"] = answer.id;
  object["step"] = answer.step.empty() ? json::value(nullptr) : json::value(answer.step);
  object["certainty"] = answer.certainty;
  object["where"] =
      answer.where.empty() ? json::value(nullptr) : json::value(valid_utf8(answer.where));
  object["message"] = valid_utf8(answer.message);
  object["advice"] = text_or_null(answer.advice);
  object["command"] = text_or_null(answer.command);
  object["then"] = text_or_null(answer.then);
  json::array& unknown = object["not_known"].emplace_array();
  for (const std::string& what : answer.not_known) unknown.emplace_back(valid_utf8(what));
  json::array& probes = object["probes"].emplace_array();
  for (const health::Probe& probe : facts.probes) probes.push_back(to_json(probe));
  return object;
}

}  // namespace wgt::sink
