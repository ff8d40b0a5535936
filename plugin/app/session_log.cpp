// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/session_log.h"

#include <utility>

#include "plugin/sink/text/say.h"
#include "plugin/source/peer/pair_words.h"
#include "wgtools/base/time.h"

namespace wgt::app {

namespace {

constexpr std::int64_t kNamedEvery = kNsPerSecond;

}  // namespace

void SessionLog::ended(const ListenSession& session, const wg::PublicKey& own,
                       std::int64_t now_ns) {
  const Error& why = *session.over();
  if (session.is_open()) {
    sink::say("wg-trace: " + session.name() + " left: " + why.text);
    return;
  }
  if (now_ns - refused_ns_ < kNamedEvery) {
    unnamed_++;
    return;
  }
  refused_ns_ = now_ns;
  std::string line = "wg-trace: " + session.name() + " refused: " + why.text;
  if (why.code == Errc::kInvalid) line += session::wrong_key_words(own, interface_);
  if (unnamed_ != 0)
    line += " (and " + std::to_string(std::exchange(unnamed_, 0)) + " more before it)";
  sink::say(line);
}

}  // namespace wgt::app
