// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/json/show_json.h"

#include "plugin/sink/json/json_sink.h"
#include "plugin/sink/json/json_values.h"
#include "plugin/sink/text/printable.h"
#include "plugin/sink/text/units.h"

namespace wgt::sink {
namespace {

namespace json = boost::json;

json::value key_or_null(const wg::PublicKey& key) {
  if (wg::is_zero(key)) return nullptr;
  return json::value(wg::to_base64(key));
}

json::object drop(const explain::DropRow& row) {
  // The flows exactly as a path has them.
  explain::PathView flows;
  flows.inner = row.inner;
  flows.outer = row.outer;
  json::object path = to_json(flows);
  json::object object;
  object["verdict"] = event::verdict_id(row.verdict);
  object["reason"] = text_or_null(row.reason);
  object["count"] = row.count;
  object["last"] = time_or_null(row.last_wall_ns);
  object["inner"] = std::move(path.at("inner"));
  object["outer"] = std::move(path.at("outer"));
  return object;
}

json::array drops(const std::vector<explain::DropRow>& rows) {
  json::array array;
  for (const explain::DropRow& row : rows) array.push_back(drop(row));
  return array;
}

json::object session(const explain::SessionRow& row) {
  json::object object;
  object["place"] = row.place;
  object["local_index"] = row.local_index;
  object["remote_index"] = row.remote_index;
  object["age_s"] = row.age_s;
  object["sent"] = row.sent;
  object["received"] = row.received;
  object["initiator"] = row.initiator;
  return object;
}

json::object peer(const explain::PeerSection& section) {
  json::array allowed_ips;
  for (const IpPrefix& prefix : section.peer.allowed_ips)
    allowed_ips.emplace_back(to_string(prefix));
  json::array sessions;
  for (const explain::SessionRow& row : section.sessions) sessions.push_back(session(row));
  json::object object;
  object["public_key"] = wg::to_base64(section.peer.public_key);
  object["endpoint"] =
      section.peer.endpoint ? json::value(to_string(*section.peer.endpoint)) : json::value(nullptr);
  object["allowed_ips"] = std::move(allowed_ips);
  object["latest_handshake"] = section.peer.last_handshake_unix_s;
  object["rx_bytes"] = section.peer.rx_bytes;
  object["tx_bytes"] = section.peer.tx_bytes;
  object["persistent_keepalive"] = section.peer.persistent_keepalive_s;
  object["round_trip_ns"] = {{"handshake", or_null(section.handshake_trip_ns)},
                             {"session", or_null(section.session_trip_ns)}};
  object["drops"] = drops(section.drops);
  object["latency_ns"] = {{"tx", latency(section.tx)}, {"rx", latency(section.rx)}};
  object["sessions"] = std::move(sessions);
  return object;
}

}  // namespace

json::object to_json(const explain::InterfaceView& interface) {
  json::object lost;
  for (const auto& [cause, count] : interface.lost) lost[cause] = count;
  json::array peers;
  peers.reserve(interface.peers.size());
  for (const explain::PeerSection& section : interface.peers) peers.push_back(peer(section));
  json::object object;
  object["schema"] = kSchema;
  object["kind"] = "interface";
  object["interface"] = valid_utf8(interface.device.name);
  object["netns"] = text_or_null(interface.netns);
  object["public_key"] = key_or_null(interface.device.public_key);
  object["listen_port"] = interface.device.listen_port;
  object["fwmark"] = interface.device.fwmark;
  object["traced_since"] = format_rfc3339(interface.traced_since_wall_ns);
  object["drops"] = drops(interface.drops);
  object["drops_of_removed_peers"] = drops(interface.removed_drops);
  object["lost"] = std::move(lost);
  object["peers"] = std::move(peers);
  return object;
}

}  // namespace wgt::sink
