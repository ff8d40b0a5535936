// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/json/path_json.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "plugin/explain/flow.h"
#include "plugin/sink/json/json_values.h"
#include "plugin/sink/text/units.h"

namespace wgt::sink {
namespace {

// Writes members one after the other.
class Object {
 public:
  // opening: what stands before the first member.
  Object(std::string& out, std::string_view opening) : out_(out) {
    out_ += opening;
    out_ += '{';
  }
  ~Object() { out_ += '}'; }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  // name: plain characters.
  std::string& name(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    out_ += '"';
    out_ += name;
    out_ += "\":";
    return out_;
  }
  template <class Number>
  void number(std::string_view key, Number value) {
    char text[24];
    const auto end = std::to_chars(std::begin(text), std::end(text), value).ptr;
    name(key).append(text, end);
  }
  void number_or_null(std::string_view key, std::uint64_t value) {
    if (value != 0)
      number(key, value);
    else
      null(key);
  }
  // Of ours, or an address: plain characters.
  void plain(std::string_view key, std::string_view text) {
    name(key) += '"';
    out_ += text;
    out_ += '"';
  }
  // Anybody's.
  void text(std::string_view key, std::string_view text) {
    const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; };
    if (std::ranges::all_of(text, is_plain)) return plain(key, text);
    name(key) += json_printable(boost::json::serialize(boost::json::string(valid_utf8(text))));
  }
  void text_or_null(std::string_view key, const std::optional<std::string>& value) {
    if (value)
      text(key, *value);
    else
      null(key);
  }
  void null(std::string_view key) { name(key) += "null"; }
  void truth(std::string_view key, bool value) { name(key) += value ? "true" : "false"; }

 private:
  std::string& out_;
  bool first_ = true;
};

void put_address(Object& object, std::string_view key, const IpAddress& address) {
  object.plain(key, to_string(address));
}

void put_ends(Object& object, const event::Tuple& flow) {
  put_address(object, "src", flow.src);
  object.number("src_port", flow.src_port);
  put_address(object, "dst", flow.dst);
  object.number("dst_port", flow.dst_port);
}

void put_inner(Object& path, std::string& out, const std::optional<event::Tuple>& flow) {
  if (!flow) return path.null("inner");
  path.name("inner");
  Object object(out, "");
  const bool ports = explain::has_ports(*flow);
  object.number("version", unsigned{flow->src.version});
  object.plain("proto", explain::proto_name(flow->proto));
  put_address(object, "src", flow->src);
  if (ports) object.number("src_port", flow->src_port);
  put_address(object, "dst", flow->dst);
  if (ports) object.number("dst_port", flow->dst_port);
  if (event::is_icmp(*flow)) {
    object.number("icmp_type", unsigned{flow->icmp_type});
    object.number("icmp_code", unsigned{flow->icmp_code});
    if (event::is_icmp_echo(*flow)) {
      object.number("icmp_id", flow->icmp_id);
      object.number("icmp_seq", flow->icmp_seq);
    } else {
      object.null("icmp_id");
      object.null("icmp_seq");
    }
  }
  object.number_or_null("len", flow->len);
}

void put_outer(Object& path, std::string& out, const std::optional<event::Tuple>& flow) {
  if (!flow) return path.null("outer");
  path.name("outer");
  Object object(out, "");
  put_ends(object, *flow);
  object.number_or_null("len", flow->len);
}

void put_key(Object& object, std::string& out, const std::optional<event::PacketKey>& packet) {
  if (!packet) return object.null("key");
  object.name("key");
  Object key(out, "");
  key.number("receiver_index", packet->receiver_index);
  key.number("counter", packet->counter);
}

void put_peer(Object& object, const std::optional<wg::PublicKey>& peer) {
  if (peer)
    object.plain("peer", wg::to_base64(*peer));
  else
    object.null("peer");
}

void put_hops(Object& side, std::string& out, const std::vector<explain::Hop>& hops) {
  side.name("hops") += '[';
  for (const explain::Hop& hop : hops) {
    Object object(out, &hop == hops.data() ? "" : ",");
    object.plain("stage", event::stage_name(hop.stage));
    object.number("ns", hop.ns);
  }
  out += ']';
}

void put_side(Object& path, std::string& out, std::string_view key,
              const std::optional<explain::Side>& side) {
  if (!side) return path.null(key);
  path.name(key);
  Object object(out, "");
  object.text("host", side->host);
  object.text_or_null("netns", side->netns);
  object.text("interface", side->interface);
  put_peer(object, side->peer);
  object.truth("complete", side->complete);
  if (side->t0_wall_ns != 0)
    object.plain("t0", format_rfc3339(side->t0_wall_ns));
  else
    object.null("t0");
  if (key == "rx") {
    if (side->outer) {
      object.name("outer");
      Object outer(out, "");
      put_ends(outer, *side->outer);
    } else {
      object.null("outer");
    }
  } else {
    if (side->tried_since_wall_ns != 0)
      object.plain("tried_since", format_rfc3339(side->tried_since_wall_ns));
    if (side->gso_segments != 0) {
      object.name("gso");
      Object gso(out, "");
      gso.number("segment", side->gso_segment);
      gso.number("of", side->gso_segments);
    }
  }
  put_hops(object, out, side->hops);
}

void put_via(Object& path, std::string& out, const std::vector<explain::Carrier>& via) {
  path.name("via") += '[';
  for (const explain::Carrier& carrier : via) {
    Object object(out, &carrier == via.data() ? "" : ",");
    object.text("interface", carrier.interface);
    object.text_or_null("netns", carrier.netns);
    put_peer(object, carrier.peer);
    put_key(object, out, carrier.key);
    object.plain("verdict", event::verdict_id(carrier.verdict));
  }
  out += ']';
}

const char* side_name(event::VerdictSide side) {
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

void put_verdict(Object& path, std::string& out, const explain::Verdict& verdict) {
  path.name("verdict");
  Object object(out, "");
  object.plain("id", event::verdict_id(verdict.id));
  if (const char* side = side_name(verdict.side))
    object.plain("side", side);
  else
    object.null("side");
  if (verdict.stage)
    object.plain("stage", event::stage_name(*verdict.stage));
  else
    object.null("stage");
  object.text_or_null("reason", verdict.reason);
  object.text_or_null("function", verdict.function);
  if (!verdict.stack.empty()) {
    object.name("stack") += json_printable(boost::json::serialize([&] {
      boost::json::array stack;
      for (const std::string& function : verdict.stack) stack.emplace_back(valid_utf8(function));
      return stack;
    }()));
  }
  object.plain("certainty", explain::certainty_name(verdict.certainty));
  object.text("message", verdict.message);
  object.text_or_null("advice", verdict.advice);
  object.text_or_null("command", verdict.command);
}

}  // namespace

void append_json(const explain::PathView& path, std::string& out) {
  {
    Object object(out, "");
    object.number("schema", kSchema);
    object.plain("kind", "path");
    put_key(object, out, path.key);
    put_inner(object, out, path.inner);
    put_outer(object, out, path.outer);
    put_side(object, out, "tx", path.tx);
    put_side(object, out, "rx", path.rx);
    if (path.network) {
      object.name("network");
      Object network(out, "");
      network.number("ns", path.network->ns);
      network.number("error_ns", path.network->error_ns);
    } else {
      object.null("network");
    }
    if (!path.via.empty()) put_via(object, out, path.via);
    put_verdict(object, out, path.verdict);
    if (path.amends) object.plain("amends", event::verdict_id(*path.amends));
  }
  out += '\n';
}

}  // namespace wgt::sink
