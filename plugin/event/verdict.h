// SPDX-License-Identifier: GPL-2.0-only
// What can become of a packet, where, and what is fixed about it: bpf/abi/verdicts.def and
// causes.def as types. Enumerators are spelled as there. Words for people are in plugin/explain.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>

namespace wgt::event {

enum class VerdictId : std::uint8_t {
#define WGT_VERDICT(number, name, id, side, stage, class_, authenticated) name = number,
#include "bpf/abi/verdicts.def"
#undef WGT_VERDICT
};
inline constexpr unsigned kVerdicts = 0
#define WGT_VERDICT(number, name, id, side, stage, class_, authenticated) +1
#include "bpf/abi/verdicts.def"
#undef WGT_VERDICT
    ;

// Places a packet passes, in path order.
enum class Stage : std::uint8_t {
  kWgXmit,
  kEncrypt,
  kUdpTunnelXmit,
  kOuterOut,
  kNetwork,
  kOuterIn,
  kWgReceive,
  kDecrypt,
  kReplay,
  kAllowedIps,
  kDelivered,
};
const char* stage_name(Stage stage);  // "wg_xmit": a promise to users

enum class VerdictSide : std::uint8_t { kNone, kTx, kNetwork, kRx };

// Foreign numbers (a newer recording) are UNKNOWN.
VerdictId known_verdict(unsigned number);

const char* verdict_id(VerdictId verdict);  // "rx.replay": a promise to users
std::ostream& operator<<(std::ostream& out, VerdictId verdict);
VerdictSide verdict_side(VerdictId verdict);

// The step where a packet with this verdict ended. nullopt: before the first one (inner_out), or
// not the verdict's to say (unknown).
std::optional<Stage> verdict_stage(VerdictId verdict);

// Whether the packet got where it was going; every other verdict but unknown, and what is pending,
// is a loss.
bool is_success(VerdictId verdict);

// Whether the packet waits: how it ends is told later.
bool is_pending(VerdictId verdict);

// Whether the kernel's own stack dropped the packet, not WireGuard: its reason is the kernel's.
bool is_stack_drop(VerdictId verdict);

// Whether a receiver's record with this verdict proves that the packet is the peer's.
bool is_authenticated(VerdictId verdict);

// Why WireGuard itself did what its verdict says.
enum class Cause : std::uint32_t {
  NONE = 0,
#define WGT_CAUSE(number, name, id) name = number,
#include "bpf/abi/causes.def"
#undef WGT_CAUSE
};

// "restarted": a promise to users. nullptr: none of that number.
const char* cause_name(std::uint32_t number);
inline const char* cause_name(Cause cause) { return cause_name(static_cast<std::uint32_t>(cause)); }

}  // namespace wgt::event
