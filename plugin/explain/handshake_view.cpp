// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/handshake_view.h"

#include <string.h>  // strerrorname_np, which <cstring> does not promise

#include "plugin/explain/flow.h"
#include "plugin/explain/text_template.h"

namespace wgt::explain {

using event::Hs;

namespace {

struct HandshakeRow {
  Hs what;
  const char* text;
};

// The first row that can be filled applies (text_template.h).
constexpr HandshakeRow kHandshakeTexts[] = {
    {Hs::COMPLETED, "The handshake with peer {peer} is complete"},
    {Hs::NO_ANSWER, "No answer of peer {peer} to attempt {attempts}: {fate}"},
    {Hs::NO_ANSWER, "No answer of peer {peer} to attempt {attempts}"},
    {Hs::NOT_LEAVING, "Attempt {attempts} to reach peer {peer} does not leave: {error}"},
    {Hs::WRONG_RESPONDER_KEY, "{from} sent an initiation for another public key than ours"},
    {Hs::UNKNOWN_INITIATOR, "{from} sent an initiation; its key {key} is no peer's"},
    {Hs::PSK_MISMATCH,
     "{from|Peer} answered, but it cannot be decrypted: the preshared keys differ"},
    {Hs::REPLAYED_TIMESTAMP,
     "Refused an initiation of peer {peer}: its clock is behind its last one"},
    {Hs::FLOOD, "Ignored an initiation of peer {peer}: a copy, or too soon"},
    {Hs::COOKIE_REQUIRED, "Peer {peer} is under load and sent a cookie"},
    {Hs::COOKIE_REQUIRED, "Under load: sent {from} a cookie"},
    {Hs::RATE_LIMITED, "Refused a message of {from}: more than 20 a second"},
    {Hs::LATE_RESPONSE, "The answer of peer {peer} came {after_ms} ms late: a newer try runs"},
    {Hs::CROSSED,
     "Peer {peer} and this host began at once; each took the other's initiation, and no answer"},
    {Hs::QUEUE_FULL, "Refused, for the queue of handshake messages is full"},
    {Hs::NO_IDENTITY, "No private key, so no handshake"},
    {Hs::GAVE_UP, "Gave up on peer {peer} after {attempts} attempts"},
    {Hs::UNDECRYPTABLE, "An initiation of {from|somebody} cannot be decrypted"},
    {Hs::INITIATION_SENT, "Sent initiation {attempts} to peer {peer}"},
    {Hs::INITIATION_ACCEPTED, "Accepted an initiation of peer {peer}"},
    {Hs::RESPONSE_SENT, "Answered peer {peer}"},
    {Hs::DROPPED_OUT, "Dropped a handshake message on its way out to {to}: {reason}"},
    {Hs::DROPPED_IN, "Dropped a handshake message of {from} on arrival: {reason}"},
    {Hs::SILENCE, "Peer {peer} has not answered data for 15 s"},
};

// By enum join::HandshakeFate.
struct FateRow {
  const char* id;
  const char* text;
};
constexpr FateRow kFates[] = {
    {"dropped_leaving", "{host} itself dropped it, {reason}"},
    {"never_came", "it had not come to WireGuard on {host} by then"},
    {"dropped_arriving", "{host} dropped it on arrival, {reason}"},
    {"refused", "{host} refused it, {result}"},
    {"answer_not_leaving", "{host} answered, but that did not leave it"},
    {"answer_lost", "{host} answered, and that was lost on the way back"},
    {"answer_dropped", "the answer came, and {host} itself dropped it, {reason}"},
};

const event::DeviceInfo* find(const event::HostInfo& host, const event::DeviceKey& key) {
  for (const event::DeviceInfo& device : host.devices)
    if (device.key == key) return &device;
  return nullptr;
}

std::string name_of_reason(const event::HostInfo& host, std::uint32_t reason) {
  const auto name = host.drop_reasons.find(reason);
  return name == host.drop_reasons.end() ? "reason " + std::to_string(reason) : name->second;
}

// Where a step was seen. `View` has netns and interface.
template <class View>
void fill_place(View& view, const event::HostInfo& host, const event::DeviceKey& key) {
  view.host = host.hostname;
  if (const event::DeviceInfo* device = find(host, key)) {
    view.netns = device->netns;
    view.interface = device->name;
  } else {
    view.interface = "ifindex " + std::to_string(key.ifindex);
  }
}

HandshakeView::OtherEnd other_end_of(const join::JoinedHandshake::OtherEnd& known,
                                     const event::HostInfo& host) {
  HandshakeView::OtherEnd end;
  end.fate = kFates[static_cast<std::size_t>(known.fate)].id;
  fill_place(end, host, known.device);
  if (known.fate == join::HandshakeFate::kRefused || known.result == Hs::QUEUE_FULL)
    end.result = event::hs_id(known.result);
  if (known.reason != 0) end.reason = name_of_reason(host, known.reason);
  return end;
}

std::string fate_text(join::HandshakeFate fate, const HandshakeView::OtherEnd& end) {
  Facts facts{{"host", end.netns.value_or(end.host)},
              {"reason", end.reason.value_or(end.result.value_or("no reason"))}};
  if (end.result) facts["result"] = *end.result;
  return fill_sentence(kFates[static_cast<std::size_t>(fate)].text, facts).value_or(end.fate);
}

std::string message_of(Hs what, const HandshakeView& view, const std::optional<std::string>& fate) {
  Facts facts{{"attempts", std::to_string(view.attempts)}};
  if (view.peer) facts["peer"] = wg::short_form(*view.peer);
  if (view.peer) facts["key"] = wg::to_base64(*view.peer);
  if (view.outer) facts["from"] = source_text(*view.outer);
  if (view.outer) facts["to"] = destination_text(*view.outer);
  if (view.error) facts["error"] = *view.error;
  if (view.reason) facts["reason"] = *view.reason;
  if (view.after_ns) facts["after_ms"] = std::to_string(*view.after_ns / 1'000'000);
  if (fate) facts["fate"] = *fate;
  for (const HandshakeRow& row : kHandshakeTexts)
    if (row.what == what)
      if (auto text = fill_sentence(row.text, facts)) return *std::move(text);
  return view.id;
}

}  // namespace

HandshakeView build_handshake_view(const join::JoinedHandshake& joined,
                                   std::span<const event::HostInfo> hosts) {
  const event::HandshakeStep& step = joined.step.event;
  const event::HostInfo& host = hosts[joined.step.host];
  HandshakeView view;
  view.id = event::hs_id(step.what);
  const bool dropped = step.what == Hs::DROPPED_OUT || step.what == Hs::DROPPED_IN;
  view.failed = dropped || (event::is_result(step.what) && step.what != Hs::COMPLETED &&
                            step.what != Hs::FLOOD);
  view.wall_ns = static_cast<std::int64_t>(step.at_ns) + host.wall_minus_mono_ns;
  fill_place(view, host, step.device);
  view.peer = step.peer;
  view.sender_index = step.sender_index;
  view.receiver_index = step.receiver_index;
  view.attempts = step.attempts;
  if (dropped) view.reason = name_of_reason(host, step.reason);
  if (step.initiated_ns != 0 && step.initiated_ns <= step.at_ns)
    view.after_ns = static_cast<std::int64_t>(step.at_ns - step.initiated_ns);
  if (step.error < 0) {
    const char* name = strerrorname_np(-step.error);
    view.error = name ? name : "errno " + std::to_string(-step.error);
  }
  view.outer = event::if_known(step.outer);
  std::optional<std::string> fate;
  if (joined.other_end) {
    view.other_end = other_end_of(*joined.other_end, hosts[joined.other_end->host]);
    fate = fate_text(joined.other_end->fate, *view.other_end);
  }
  view.message = message_of(step.what, view, fate);
  return view;
}

}  // namespace wgt::explain
