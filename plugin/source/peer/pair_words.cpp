// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/pair_words.h"

#include "wgtools/base/shell.h"

namespace wgt::session {

namespace {

// In a command. A name that cannot be in one is left for the reader to put in.
std::string word(const std::string& interface) {
  return shell_word(interface).value_or("INTERFACE");
}

}  // namespace

std::string psk_words(PskMatch psk, const std::string& interface, const wg::PublicKey& peer) {
  const std::string where = "peer " + wg::short_form(peer) + " of " + interface;
  std::string what;
  switch (psk) {
    case PskMatch::kNoneHere:
      what = "the other end has a preshared key for this tunnel, this host has none for " + where;
      break;
    case PskMatch::kNoneThere:
      what = "this host has a preshared key for " + where + ", the other end has none";
      break;
    default:
      what = "the preshared key for " + where + " is not the one that the other end has";
  }
  return "hs.psk_mismatch: " + what +
         ": no handshake of WireGuard's can succeed. Set the same on both: wg set " +
         word(interface) + " peer " + wg::to_base64(peer) + " preshared-key FILE";
}

std::string unknown_sender_words(const wg::PublicKey& key, const std::string& interface) {
  return "its public key " + wg::to_base64(key) + " is no peer's of " + interface +
         ": compare `wg show " + word(interface) +
         " peers` here with `wg show INTERFACE public-key` there";
}

std::string wrong_key_words(const wg::PublicKey& own, const std::string& interface) {
  return ", " + wg::to_base64(own) + ": compare its peer's key there (`wg show INTERFACE peers`) " +
         "with `wg show " + word(interface) + " public-key` here";
}

std::string no_answer_words(const std::string& target, const std::string& interface,
                            const wg::PublicKey& own, const wg::PublicKey& peer) {
  return "pair with " + target +
         ": it closed without an answer, as it does when a public key is wrong, or too many "
         "begin at once; it says there which. Either the key of the peer is not its own: compare " +
         wg::to_base64(peer) + " (`wg show " + word(interface) +
         " peers` here) with `wg show INTERFACE public-key` there. Or it does not know this "
         "host's: compare " +
         wg::to_base64(own) + " (`wg show " + word(interface) +
         " public-key` here) with `wg show INTERFACE peers` there";
}

}  // namespace wgt::session
