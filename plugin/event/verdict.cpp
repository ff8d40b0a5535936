// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/event/verdict.h"

#include <iterator>

namespace wgt::event {
namespace {

enum class Class : std::uint8_t { kOpen, kSuccess, kStack, kWireguard, kNetwork, kPending };

struct Row {
  const char* id;
  unsigned number;
  VerdictSide side;
  std::optional<Stage> stage;
  Class kind;
  bool authenticated;
};

// The words of the columns.
constexpr auto NONE = VerdictSide::kNone, TX = VerdictSide::kTx, NETWORK = VerdictSide::kNetwork,
               RX = VerdictSide::kRx;
constexpr std::optional<Stage> STAGE_NO_STAGE = std::nullopt;
constexpr auto STAGE_WG_XMIT = Stage::kWgXmit, STAGE_ENCRYPT = Stage::kEncrypt,
               STAGE_UDP_TUNNEL_XMIT = Stage::kUdpTunnelXmit, STAGE_OUTER_OUT = Stage::kOuterOut,
               STAGE_NETWORK = Stage::kNetwork, STAGE_OUTER_IN = Stage::kOuterIn,
               STAGE_WG_RECEIVE = Stage::kWgReceive, STAGE_DECRYPT = Stage::kDecrypt,
               STAGE_REPLAY = Stage::kReplay, STAGE_ALLOWED_IPS = Stage::kAllowedIps,
               STAGE_DELIVERED = Stage::kDelivered;
constexpr auto CLASS_OPEN = Class::kOpen, CLASS_SUCCESS = Class::kSuccess,
               CLASS_STACK = Class::kStack, CLASS_WIREGUARD = Class::kWireguard,
               CLASS_NETWORK = Class::kNetwork, CLASS_PENDING = Class::kPending;
constexpr bool YES = true, NO = false;

constexpr Row kRows[] = {
#define WGT_VERDICT(number, name, id, side, stage, class_, authenticated) \
  {id, number, side, STAGE_##stage, CLASS_##class_, authenticated},
#include "bpf/abi/verdicts.def"
#undef WGT_VERDICT
};

constexpr bool numbered_in_order() {
  for (unsigned i = 0; i < kVerdicts; i++)
    if (kRows[i].number != i) return false;
  return true;
}
static_assert(numbered_in_order(), "the rows are looked up by their number");

constexpr const Row& row(VerdictId verdict) { return kRows[static_cast<unsigned>(verdict)]; }

constexpr const char* kCauses[] = {
    nullptr,
#define WGT_CAUSE(number, name, id) id,
#include "bpf/abi/causes.def"
#undef WGT_CAUSE
};

constexpr const char* kStages[] = {"wg_xmit", "encrypt",     "udp_tunnel_xmit", "outer_out",
                                   "network", "outer_in",    "wg_receive",      "decrypt",
                                   "replay",  "allowed_ips", "delivered"};
static_assert(std::size(kStages) == static_cast<unsigned>(Stage::kDelivered) + 1);

}  // namespace

const char* stage_name(Stage stage) { return kStages[static_cast<unsigned>(stage)]; }

VerdictId known_verdict(unsigned number) {
  return number < kVerdicts ? static_cast<VerdictId>(number) : VerdictId::UNKNOWN;
}

const char* verdict_id(VerdictId verdict) { return row(verdict).id; }

std::ostream& operator<<(std::ostream& out, VerdictId verdict) {
  return out << verdict_id(verdict);
}

VerdictSide verdict_side(VerdictId verdict) { return row(verdict).side; }

std::optional<Stage> verdict_stage(VerdictId verdict) { return row(verdict).stage; }

bool is_success(VerdictId verdict) { return row(verdict).kind == Class::kSuccess; }

bool is_pending(VerdictId verdict) { return row(verdict).kind == Class::kPending; }

bool is_stack_drop(VerdictId verdict) { return row(verdict).kind == Class::kStack; }

bool is_authenticated(VerdictId verdict) { return row(verdict).authenticated; }

const char* cause_name(std::uint32_t number) {
  return number < std::size(kCauses) ? kCauses[number] : nullptr;
}

}  // namespace wgt::event
