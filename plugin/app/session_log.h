// SPDX-License-Identifier: GPL-2.0-only
// What listen says on stderr of sessions that end. UnknownSenders must not fill a log: of those
// that are refused one a second is named, the others are counted.
#pragma once

#include <cstdint>
#include <string>

#include "plugin/app/listen_session.h"

namespace wgt::app {

class SessionLog {
 public:
  explicit SessionLog(std::string interface) : interface_(std::move(interface)) {}

  // session.over() must hold. own: the interface's public key.
  void ended(const ListenSession& session, const wg::PublicKey& own, std::int64_t now_ns);

 private:
  std::string interface_;
  std::int64_t refused_ns_ = 0;  // when one was named
  unsigned unnamed_ = 0;
};

}  // namespace wgt::app
