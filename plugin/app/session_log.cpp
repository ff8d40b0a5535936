// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/session_log.h"

#include <iostream>
#include <utility>

#include "plugin/app/pair_words.h"
#include "wgtools/base/time.h"

namespace wgt::app {

namespace {

constexpr std::int64_t kNamedEvery = kNsPerSecond;

}  // namespace

void SessionLog::ended(const ListenSession& session, const wg::PublicKey& own,
                       std::int64_t now_ns) {
  const Error& why = *session.over();
  if (session.is_open()) {
    std::cerr << "wg-trace: " << session.name() << " left: " << why.text << std::endl;
    return;
  }
  if (now_ns - refused_ns_ < kNamedEvery) {
    unnamed_++;
    return;
  }
  refused_ns_ = now_ns;
  std::cerr << "wg-trace: " << session.name() << " refused: " << why.text;
  if (why.code == Errc::kInvalid) std::cerr << wrong_key_words(own, interface_);
  if (unnamed_ != 0) std::cerr << " (and " << std::exchange(unnamed_, 0) << " more before it)";
  std::cerr << std::endl;
}

}  // namespace wgt::app
