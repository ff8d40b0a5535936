// SPDX-License-Identifier: GPL-2.0-only
// What listen and watch --pair say on stderr about keys and clocks: what is wrong, and which
// command shows it.
#pragma once

#include <cstdint>
#include <string>

#include "plugin/join/clock_offset.h"
#include "plugin/source/peer/psk.h"
#include "wgtools/wg/key.h"

namespace wgt::app {

// Not for kSame.
std::string psk_words(session::PskMatch psk, const std::string& interface,
                      const wg::PublicKey& peer);

// listen: somebody proved that they hold this key, and it is no peer's.
std::string unknown_sender_words(const wg::PublicKey& key, const std::string& interface);
// listen: behind "it means another public key than this interface's".
std::string wrong_key_words(const wg::PublicKey& own, const std::string& interface);
// watch: the listener closed without an answer.
std::string no_answer_words(const std::string& target, const std::string& interface,
                            const wg::PublicKey& own, const wg::PublicKey& peer);

// wall_ns: its time of day - ours, roughly; error_ns: how well the clocks are known that times
// between the hosts are made from.
std::string clock_words(std::int64_t wall_ns, std::uint64_t error_ns);

}  // namespace wgt::app
