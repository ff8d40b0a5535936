// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/payload.h"

#include <boost/json.hpp>

#include "plugin/event/event.h"
#include "plugin/source/recording/json_fields.h"

namespace wgt::recording {
namespace {

namespace json = boost::json;

// The time of day when the host was booted: until 2116, and a little before 1970 for a clock that
// was never set. Sums and differences with monotonic times do not overflow.
constexpr std::int64_t kMaxBootNs = std::int64_t{1} << 62U;
constexpr std::int64_t kMinBootNs = -(std::int64_t{1} << 60U);

void mono_time(JsonFields& fields, std::string_view name, std::uint64_t& out) {
  fields.number(name, out);
  if (out > event::kMaxMonoNs) fields.wrong(name);
}

json::value device_to_json(const event::DeviceInfo& device, std::uint64_t watch_started_ns) {
  json::object out;
  out["netns"] = device.key.netns;
  out["netns_name"] = device.netns ? json::value(*device.netns) : json::value(nullptr);
  out["ifindex"] = device.key.ifindex;
  out["name"] = device.name;
  out["public_key"] = wg::is_zero(device.public_key)
                          ? json::value(nullptr)
                          : json::value(wg::to_base64(device.public_key));
  // Where there is nothing to say the bytes stay those of older writers.
  if (device.traced_since_mono_ns > watch_started_ns)
    out["traced_since_mono_ns"] = device.traced_since_mono_ns;
  if (device.traced_until_mono_ns != 0) out["traced_until_mono_ns"] = device.traced_until_mono_ns;
  return out;
}

Result<event::DeviceInfo> device_from_json(const json::object& object) {
  event::DeviceInfo device;
  std::optional<std::string> public_key;
  JsonFields fields(object);
  fields.number("netns", device.key.netns);
  fields.text("netns_name", device.netns);
  fields.number("ifindex", device.key.ifindex);
  fields.text("name", device.name);
  fields.text("public_key", public_key);
  mono_time(fields, "traced_since_mono_ns", device.traced_since_mono_ns);
  mono_time(fields, "traced_until_mono_ns", device.traced_until_mono_ns);
  WGT_TRY_VOID(fields.check());
  if (public_key) {
    WGT_TRY(device.public_key, wg::parse_public_key(*public_key));
  }
  return device;
}

template <class Number>
json::object table_to_json(const std::map<Number, std::string>& table) {
  json::object out;
  for (const auto& [number, text] : table) out[std::to_string(number)] = text;
  return out;
}

Result<json::object> parse_object(std::string_view text) {
  json::parse_options options;
  options.allow_invalid_utf8 = true;  // a namespace's name can be any bytes
  json::error_code error;
  json::value value = json::parse(json::string_view(text.data(), text.size()), error, {}, options);
  if (error) return make_error(Errc::kCorrupt, "not JSON: " + error.message());
  if (!value.is_object()) return make_error(Errc::kCorrupt, "not a JSON object");
  return std::move(value.get_object());
}

}  // namespace

std::string host_to_json(const event::HostInfo& host) {
  json::object out;
  out["hostname"] = host.hostname;
  out["kernel"] = host.kernel;
  out["boot_id"] = host.boot_id;
  out["wall_minus_mono_ns"] = host.wall_minus_mono_ns;
  out["watch_started_mono_ns"] = host.watch_started_mono_ns;
  out["filter"] = host.filter;
  out["drop_reasons"] = table_to_json(host.drop_reasons);
  out["functions"] = table_to_json(host.functions);
  if (!host.stacks.empty()) out["stacks"] = table_to_json(host.stacks);
  json::array devices;
  for (const event::DeviceInfo& device : host.devices)
    devices.push_back(device_to_json(device, host.watch_started_mono_ns));
  out["devices"] = std::move(devices);
  return json::serialize(out);
}

Result<event::HostInfo> host_from_json(std::string_view text) {
  WGT_TRY(const json::object object, parse_object(text));
  event::HostInfo host;
  JsonFields fields(object);
  fields.text("hostname", host.hostname);
  fields.text("kernel", host.kernel);
  fields.text("boot_id", host.boot_id);
  fields.number("wall_minus_mono_ns", host.wall_minus_mono_ns);
  if (host.wall_minus_mono_ns > kMaxBootNs || host.wall_minus_mono_ns < kMinBootNs)
    fields.wrong("wall_minus_mono_ns");
  mono_time(fields, "watch_started_mono_ns", host.watch_started_mono_ns);
  fields.text("filter", host.filter, kMaxTextBytes);
  fields.table("drop_reasons", host.drop_reasons);
  fields.table("functions", host.functions);
  fields.table("stacks", host.stacks, kMaxTextBytes);
  if (const json::array* devices = fields.array("devices")) {
    for (const json::value& value : *devices) {
      if (!value.is_object()) {
        fields.wrong("devices");
        break;
      }
      WGT_TRY(event::DeviceInfo device, device_from_json(value.get_object()));
      host.devices.push_back(std::move(device));
    }
  }
  WGT_TRY_VOID(fields.check());
  return host;
}

std::string lost_to_json(const LostReport& lost) {
  json::object counts;
  for (const auto& [cause, count] : lost.by_cause) counts[cause] = count;
  json::object out;
  out["mono_ns"] = lost.mono_ns;
  out["lost"] = std::move(counts);
  return json::serialize(out);
}

Result<LostReport> lost_from_json(std::string_view text) {
  WGT_TRY(const json::object object, parse_object(text));
  LostReport lost;
  JsonFields fields(object);
  mono_time(fields, "mono_ns", lost.mono_ns);
  if (const json::object* counts = fields.object("lost")) {
    JsonFields causes(*counts);
    for (const auto& entry : *counts) {
      const std::string cause(entry.key());
      causes.number(cause, lost.by_cause[bounded(cause, kMaxNameBytes)]);
    }
    WGT_TRY_VOID(causes.check());
  }
  WGT_TRY_VOID(fields.check());
  return lost;
}

std::string end_to_json(const EndSummary& end) {
  json::object out;
  out["watch_ended_mono_ns"] = end.watch_ended_mono_ns;
  out["records"] = end.records;
  out["filtered"] = end.filtered;
  out["lost"] = end.lost;
  return json::serialize(out);
}

Result<EndSummary> end_from_json(std::string_view text) {
  WGT_TRY(const json::object object, parse_object(text));
  EndSummary end;
  JsonFields fields(object);
  mono_time(fields, "watch_ended_mono_ns", end.watch_ended_mono_ns);
  fields.number("records", end.records);
  fields.number("filtered", end.filtered);
  fields.number("lost", end.lost);
  WGT_TRY_VOID(fields.check());
  return end;
}

}  // namespace wgt::recording
