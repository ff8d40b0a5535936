// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/verdict.h"

#include <array>

#include "plugin/explain/rejection.h"

namespace wgt::explain {
namespace {

constexpr auto NONE = VerdictSide::kNone;
constexpr auto TX = VerdictSide::kTx;
constexpr auto NETWORK = VerdictSide::kNetwork;
constexpr auto RX = VerdictSide::kRx;

struct VerdictRow {
  const char* id;
  unsigned number;
  VerdictSide side;
};

constexpr VerdictRow kVerdicts[] = {
#define WGT_VERDICT(number, name, id, side) {id, number, side},
#include "bpf/abi/verdicts.def"
#undef WGT_VERDICT
};
static_assert(std::size(kVerdicts) == WGT_VERDICT_COUNT);

constexpr bool numbered_in_order() {
  for (unsigned i = 0; i < WGT_VERDICT_COUNT; i++)
    if (kVerdicts[i].number != i) return false;
  return true;
}
static_assert(numbered_in_order(), "the rows are looked up by their number");

constexpr const char* kCauses[] = {
    nullptr,
#define WGT_CAUSE(number, name, id) id,
#include "bpf/abi/causes.def"
#undef WGT_CAUSE
};
static_assert(std::size(kCauses) == WGT_CAUSE_COUNT);

}  // namespace

wgt_verdict known_verdict(unsigned number) {
  return number < WGT_VERDICT_COUNT ? static_cast<wgt_verdict>(number) : WGT_V_UNKNOWN;
}

const char* verdict_id(wgt_verdict verdict) { return kVerdicts[known_verdict(verdict)].id; }

VerdictSide verdict_side(wgt_verdict verdict) { return kVerdicts[known_verdict(verdict)].side; }

bool is_success(wgt_verdict verdict) {
  return verdict == WGT_V_DELIVERED || verdict == WGT_V_KEEPALIVE;
}

bool is_stack_drop(wgt_verdict verdict) {
  return verdict == WGT_V_INNER_OUT || verdict == WGT_V_OUTER_OUT || verdict == WGT_V_OUTER_IN ||
         verdict == WGT_V_INNER_IN;
}

std::optional<std::string> reason_name(wgt_verdict verdict, std::uint32_t reason,
                                       const std::map<std::uint32_t, std::string>& names) {
  if (reason == 0) return std::nullopt;
  if (is_stack_drop(verdict)) {
    const auto found = names.find(reason);
    return found != names.end() ? found->second : "drop reason " + std::to_string(reason);
  }
  if (verdict == WGT_V_NETWORK_REJECTED) return rejection_name(reason);
  return reason < WGT_CAUSE_COUNT ? kCauses[reason] : "cause " + std::to_string(reason);
}

// No default: a verdict that is appended to verdicts.def does not compile before it has a stage.
std::optional<Stage> verdict_stage(wgt_verdict verdict) {
  switch (verdict) {
    case WGT_V_UNKNOWN:
    case WGT_V_INNER_OUT:
    case WGT_VERDICT_COUNT:
      return std::nullopt;
    case WGT_V_TX_BAD_PROTOCOL:
    case WGT_V_TX_NO_PEER:
    case WGT_V_TX_NO_ENDPOINT:
    case WGT_V_TX_GSO_FAILED:
    case WGT_V_TX_NO_MEMORY:
    case WGT_V_TX_STAGED_OVERFLOW:
    case WGT_V_TX_STAGED_PURGED:
    case WGT_V_TX_PEER_DEAD:
    case WGT_V_TX_QUEUE_FULL:
      return Stage::kWgXmit;
    case WGT_V_TX_RING_FULL:
    case WGT_V_TX_ENCRYPT_FAILED:
      return Stage::kEncrypt;
    case WGT_V_TX_NO_ENDPOINT_FAMILY:
    case WGT_V_TX_NO_SOCKET:
    case WGT_V_TX_NO_ROUTE:
      return Stage::kUdpTunnelXmit;
    case WGT_V_TX_LOOP:
    case WGT_V_OUTER_OUT:
      return Stage::kOuterOut;
    case WGT_V_NETWORK_LOST:
    case WGT_V_NETWORK_REJECTED:
      return Stage::kNetwork;
    case WGT_V_OUTER_IN:
      return Stage::kOuterIn;
    case WGT_V_RX_MALFORMED:
    case WGT_V_RX_NO_DEVICE:
    case WGT_V_RX_UNKNOWN_INDEX:
    case WGT_V_RX_SESSION_DYING:
    case WGT_V_RX_PEER_DEAD:
    case WGT_V_RX_QUEUE_FULL:
      return Stage::kWgReceive;
    case WGT_V_RX_RING_FULL:
    case WGT_V_RX_KEY_EXPIRED:
    case WGT_V_RX_AUTH_FAILED:
    case WGT_V_RX_NO_MEMORY:
      return Stage::kDecrypt;
    case WGT_V_KEEPALIVE:
    case WGT_V_RX_REPLAY:
      return Stage::kReplay;
    case WGT_V_RX_BAD_INNER:
    case WGT_V_RX_DISALLOWED_SOURCE:
      return Stage::kAllowedIps;
    case WGT_V_DELIVERED:
    case WGT_V_INNER_IN:
      return Stage::kDelivered;
  }
  return std::nullopt;
}

const char* stage_name(Stage stage) {
  switch (stage) {
    case Stage::kWgXmit:
      return "wg_xmit";
    case Stage::kEncrypt:
      return "encrypt";
    case Stage::kUdpTunnelXmit:
      return "udp_tunnel_xmit";
    case Stage::kOuterOut:
      return "outer_out";
    case Stage::kNetwork:
      return "network";
    case Stage::kOuterIn:
      return "outer_in";
    case Stage::kWgReceive:
      return "wg_receive";
    case Stage::kDecrypt:
      return "decrypt";
    case Stage::kReplay:
      return "replay";
    case Stage::kAllowedIps:
      return "allowed_ips";
    case Stage::kDelivered:
      return "delivered";
  }
  return "";
}

const char* certainty_name(Certainty certainty) {
  switch (certainty) {
    case Certainty::kExact:
      return "exact";
    case Certainty::kInferred:
      return "inferred";
    case Certainty::kUnknown:
      return "unknown";
  }
  return "";
}

std::string side_label(const Side& side) {
  if (!side.netns || *side.netns == side.host) return side.host;
  return side.host + "/" + *side.netns;
}

}  // namespace wgt::explain
