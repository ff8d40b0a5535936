// SPDX-License-Identifier: GPL-2.0-only
// What listen and watch --pair say on stderr about keys: what is wrong, and which
// command shows it.
#pragma once

#include <string>

#include "plugin/source/peer/psk.h"
#include "wgtools/wg/key.h"

namespace wgt::session {

// Not for kSame.
std::string psk_words(PskMatch psk, const std::string& interface, const wg::PublicKey& peer);

// listen: somebody proved that they hold this key, and it is no peer's.
std::string unknown_sender_words(const wg::PublicKey& key, const std::string& interface);
// listen: behind "it means another public key than this interface's".
std::string wrong_key_words(const wg::PublicKey& own, const std::string& interface);
// watch: the listener closed without an answer.
std::string no_answer_words(const std::string& target, const std::string& interface,
                            const wg::PublicKey& own, const wg::PublicKey& peer);

}  // namespace wgt::session
