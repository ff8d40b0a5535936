// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/psk.h"

#include <sodium.h>

namespace wgt::session {

PskMatch compare_psk(const PskProof& proof, const wg::SecretKey& own, Role other,
                     const Hash& hash) {
  if (same_proof(proof, prove_psk(own, other, hash))) return PskMatch::kSame;
  if (sodium_is_zero(own.data(), wg::SecretKey::kBytes) != 0) return PskMatch::kNoneHere;
  const wg::SecretKey none;
  return same_proof(proof, prove_psk(none, other, hash)) ? PskMatch::kNoneThere
                                                         : PskMatch::kDifferent;
}

}  // namespace wgt::session
