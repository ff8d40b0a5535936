// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/json/health_json.h"

#include <boost/json.hpp>

#include "plugin/explain/reason_name.h"
#include "plugin/sink/json/json_values.h"
#include "plugin/sink/text/printable.h"
#include "plugin/sink/text/units.h"

namespace wgt::sink {
namespace {

namespace json = boost::json;

json::object finding(const health::Finding& f) {
  json::object evidence;
  for (const auto& [name, value] : f.evidence)
    evidence[name] = std::visit([](const auto& v) { return json::value(v); }, value);
  std::optional<std::string> advice = f.advice;
  if (f.command) advice = (advice ? *advice + " Run: " : "Run: ") + *f.command;
  json::object object;
  object["id"] = f.id;
  object["severity"] = health::severity_name(f.severity);
  object["message"] = valid_utf8(f.message);
  object["evidence"] = std::move(evidence);
  object["advice"] = text_or_null(advice);
  object["command"] = text_or_null(f.command);
  return object;
}

json::array findings(const std::vector<health::Finding>& all) {
  json::array array;
  for (const health::Finding& f : all) array.push_back(finding(f));
  return array;
}

// Counts by verdict, of one direction.
json::object drops(const std::vector<explain::DropRow>& rows, event::VerdictSide side) {
  json::object object;
  for (const explain::DropRow& row : rows) {
    if (event::verdict_side(row.verdict) != side) continue;
    json::value& count = object[event::verdict_id(row.verdict)];
    count = (count.is_null() ? 0 : count.to_number<std::uint64_t>()) + row.count;
  }
  return object;
}

json::object direction(const explain::SessionRow* session, bool tx, std::uint64_t bytes,
                       const health::PeerReport& report) {
  json::object object;
  // Data messages of the newest session: the kernel keeps no other count.
  object["session_packets"] =
      session ? json::value(tx ? session->sent : session->received) : json::value(nullptr);
  object["bytes"] = bytes;
  object["drops"] = drops(report.drops, tx ? event::VerdictSide::kTx : event::VerdictSide::kRx);
  object["latency_ns"] = latency(tx ? report.tx : report.rx);
  return object;
}

json::array roamed(const health::PeerReport& report, const health::Clock& clock) {
  json::array array;
  for (const event::EndpointChange& change : report.roamed) {
    const auto text = [](const std::optional<Endpoint>& e) {
      return e ? json::value(to_string(*e)) : json::value(nullptr);
    };
    json::object object;
    object["from"] = text(change.from);
    object["to"] = text(change.to);
    object["not_before"] =
        time_or_null(clock.wall(change.by == event::Hs::NONE ? change.after_ns : change.ns));
    object["not_after"] = time_or_null(clock.wall(change.ns));
    object["by"] = change.by == event::Hs::NONE ? "data_or_configuration" : event::hs_id(change.by);
    array.push_back(std::move(object));
  }
  return array;
}

json::object peer(const health::PeerReport& report, const health::InterfaceReport& interface) {
  json::array allowed_ips;
  for (const IpPrefix& prefix : report.peer.allowed_ips)
    allowed_ips.emplace_back(to_string(prefix));
  json::object handshake;
  handshake["age_s"] = or_null(report.handshake_age_s);
  handshake["attempts"] = or_null(report.attempts);
  handshake["last_result"] = text_or_null(report.last_result);
  handshake["round_trip_ns"] = or_null(report.rtt_ns);
  const explain::SessionRow* session = report.sessions.empty() ? nullptr : &report.sessions.front();
  json::object object;
  object["schema"] = kSchema;
  object["kind"] = "peer_health";
  object["interface"] = valid_utf8(interface.name);
  object["netns"] = text_or_null(interface.netns);
  object["public_key"] = wg::to_base64(report.peer.public_key);
  object["endpoint"] =
      report.peer.endpoint ? json::value(to_string(*report.peer.endpoint)) : json::value(nullptr);
  object["allowed_ips"] = std::move(allowed_ips);
  object["status"] = health::status_name(report.status);
  object["since"] = time_or_null(report.since_wall_ns);
  object["handshake"] = std::move(handshake);
  object["tx"] = direction(session, true, report.peer.tx_bytes, report);
  json::object rx = direction(session, false, report.peer.rx_bytes, report);
  rx["network_loss"] = nullptr;
  if (report.network_loss)
    rx["network_loss"] = {{"expected", report.network_loss->expected},
                          {"lost", report.network_loss->lost}};
  object["rx"] = std::move(rx);
  object["endpoint_changes"] = roamed(report, interface.clock);
  object["findings"] = findings(report.findings);
  return object;
}

}  // namespace

void health_json(std::ostream& out, const health::InterfaceReport& report) {
  json::object interface;
  interface["schema"] = kSchema;
  interface["kind"] = "interface_health";
  interface["interface"] = valid_utf8(report.name);
  interface["netns"] = text_or_null(report.netns);
  interface["peers"] = report.peers.size();
  interface["findings"] = findings(report.findings);
  out << json_line(interface);
  for (const health::PeerReport& p : report.peers) out << json_line(peer(p, report));
}

void check_json(std::ostream& out, const health::CheckReport& report) {
  json::array fine;
  for (const std::string& text : report.fine) fine.emplace_back(valid_utf8(text));
  json::object object;
  object["schema"] = kSchema;
  object["kind"] = "check";
  object["interface"] = valid_utf8(report.interface);
  object["netns"] = text_or_null(report.netns);
  object["findings"] = findings(report.findings);
  object["fine"] = std::move(fine);
  out << json_line(object);
}

}  // namespace wgt::sink
