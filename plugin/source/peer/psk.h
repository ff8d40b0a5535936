// SPDX-License-Identifier: GPL-2.0-only
// Whether both ends hold the same preshared key, and if not, who holds none.
#pragma once

#include <cstdint>

#include "plugin/source/peer/handshake.h"

namespace wgt::session {

enum class PskMatch : std::uint8_t { kSame, kNoneHere, kNoneThere, kDifferent };

// `other`: the role of the end that proved it.
PskMatch compare_psk(const PskProof& proof, const wg::SecretKey& own, Role other, const Hash& hash);

}  // namespace wgt::session
