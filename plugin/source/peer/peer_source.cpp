// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/pair_client.h"

#include <unistd.h>

#include <algorithm>

#include "plugin/app/pair_words.h"
#include "plugin/sink/text/say.h"
#include "plugin/source/kernel/clock.h"
#include "plugin/source/peer/choose_peer.h"
#include "wgtools/base/netns.h"
#include "wgtools/base/time.h"
#include "wgtools/wg/secret_dump.h"

namespace wgt::app {

namespace {

constexpr std::int64_t kListenerSilence = 10 * kNsPerSecond;
// Attaching takes seconds on a slow machine, and meanwhile it does nothing else.
constexpr std::int64_t kAttaching = 60 * kNsPerSecond;
// Without it nothing can be decided: paths would wait for ever.
constexpr std::int64_t kNoProgress = 30 * kNsPerSecond;
constexpr std::int64_t kPingEvery = kNsPerSecond / 2;
constexpr std::chrono::milliseconds kLookEvery{100};
constexpr unsigned kMostDoublings = 5;  // 1 s to 32 s, cut to 30
constexpr std::int64_t kMostPause = 30 * kNsPerSecond;

std::int64_t now() { return kernel::clock_ns(CLOCK_MONOTONIC); }

}  // namespace

PairClient::PairClient(boost::asio::io_context& io, const Interface& interface,
                       const PairOptions& pair, session::Ask ask, PairEvents& events)
    : io_(io),
      interface_(interface),
      pair_(pair),
      ask_(std::move(ask)),
      events_(events),
      name_(session::to_string(pair.target)),
      dialer_(io),
      looks_(io) {}

PairClient::~PairClient() {
  dialer_.cancel();
  if (link_) link_->close();
}

void PairClient::start() {
  dial();
  poll_again();
}

void PairClient::goodbye() {
  looks_.cancel();
  dialer_.cancel();
  if (!link_) return;
  if (end_->is_open()) end_->bye();
  link_->finish();
}

void PairClient::dial() {
  dial_at_ns_.reset();
  heard_ns_ = now();
  answered_ = asked_ = watching_ = false;
  dialer_.dial(pair_.target, [this](Result<session::Dialed> dialed) {
    if (!dialed) {
      over(with_hint(std::move(dialed).error()));
      return;
    }
    if (auto begun = shake_hands(*std::move(dialed)); !begun) over(std::move(begun).error());
  });
}

Error PairClient::with_hint(Error error) const {
  if (answered_ || ever_watching_ || !std::holds_alternative<session::HostPort>(pair_.target))
    return error;
  error.text +=
      ". Is `wg-trace listen` running there, and does a firewall let TCP pass? Over ssh: " +
      ("--pair ssh:" + std::get<session::HostPort>(pair_.target).host);
  return error;
}

Result<void> PairClient::shake_hands(session::Dialed dialed) {
  WGT_TRY(const wg::Device device, dump(interface_));
  const auto address =
      dialed.connection ? std::optional(dialed.connection->there.address) : std::nullopt;
  WGT_TRY(peer_, session::choose_peer(device, pair_.peer, address));
  WGT_TRY(const NetnsGuard inside, NetnsGuard::enter(interface_.netns));
  WGT_TRY(wg::SecretKey secret, wg::read_private_key(interface_.key.ifindex));
  WGT_TRY(wg::SecretKey psk, wg::read_preshared_key(interface_.key.ifindex, peer_));
  session::KeyPair self = session::key_pair(std::move(secret));
  own_ = self.pub;
  connection_ = dialed.connection;
  ssh_ = std::move(dialed.ssh);
  UniqueFd copy(::dup(dialed.socket.get()));
  if (!copy) return errno_error("duplicate", "a socket");
  end_.emplace(static_cast<session::WatchEvents&>(*this));
  link_ = session::Link::start(
      io_, std::move(dialed.socket), std::move(copy),
      {.data = [this](session::Bytes bytes) { received(bytes); },
       .closed =
           [this](const std::string& why) {
             over(answered_
                      ? make_error(Errc::kNotFound, name_ + ": " + why)
                      : make_error(Errc::kPermission,
                                   no_answer_words(name_, interface_.device.name, own_, peer_)));
           }});
  heard_ns_ = now();
  return end_->begin(std::move(self), session::random_key_pair(), peer_, std::move(psk));
}

void PairClient::received(session::Bytes bytes) {
  answered_ = true;
  heard_ns_ = now();
  auto result = end_->receive(bytes, static_cast<std::uint64_t>(heard_ns_));
  if (result && failure_) result = *std::exchange(failure_, std::nullopt);
  if (!result) over(with_context(std::move(result).error(), name_));
}

void PairClient::opened(session::PskMatch psk) {
  if (psk != session::PskMatch::kSame && !psk_told_)
    sink::say("wg-trace: " + psk_words(psk, interface_.device.name, peer_));
  psk_told_ = psk != session::PskMatch::kSame;
  ping_ns_ = now();
  end_->ping(static_cast<std::uint64_t>(ping_ns_));
}

void PairClient::compared(const session::RoundTrip& trip) {
  events_.round_trip(trip);
  if (asked_) return;
  asked_ = true;
  if (auto ready = events_.ready(); !ready) {
    failure_ = std::move(ready).error();
    return;
  }
  heard_ns_ = now();
  end_->ask(ask_);
}

void PairClient::host(event::HostInfo info) {
  if (!watching_) progress_ns_ = now();
  watching_ = ever_watching_ = true;
  failures_ = 0;
  events_.host(std::move(info));
}

void PairClient::progress(const session::Progress& progress) {
  progress_ns_ = heard_ns_;
  events_.progress(progress);
}

void PairClient::over(Error why) {
  dialer_.cancel();
  if (end_) bad_records_ += end_->decoded().bad();
  if (link_) link_->close();
  // The end may be what called us: it goes with the next session.
  link_.reset();
  ssh_ = {};
  connection_.reset();
  if (!ever_watching_) {
    events_.failed(std::move(why));
    return;
  }
  if (std::exchange(watching_, false)) events_.ended();
  const std::int64_t pause =
      std::min(kNsPerSecond << std::min(failures_, kMostDoublings), kMostPause);
  if (failures_++ == 0)
    sink::say("wg-trace: " + why.text +
              "; what happens there is unknown until it is back, trying again …");
  dial_at_ns_ = now() + pause;
}

void PairClient::poll_again() {
  looks_.expires_after(kLookEvery);
  looks_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    poll(now());
    poll_again();
  });
}

void PairClient::poll(std::int64_t now_ns) {
  if (dial_at_ns_) {
    if (now_ns >= *dial_at_ns_) dial();
    return;
  }
  const std::int64_t patience = asked_ && !watching_ ? kAttaching : kListenerSilence;
  if (now_ns - heard_ns_ > patience) {
    over(with_hint(make_error(Errc::kTimeout, name_ + ": nothing was heard for " +
                                                  std::to_string(patience / kNsPerSecond) + " s")));
    return;
  }
  if (watching_ && now_ns - progress_ns_ > kNoProgress) {
    over(make_error(Errc::kTimeout, name_ + ": it told of nothing for 30 s"));
    return;
  }
  if (!link_ || !end_->is_open() || now_ns - ping_ns_ < kPingEvery) return;
  ping_ns_ = now_ns;
  end_->ping(static_cast<std::uint64_t>(now_ns));
}

}  // namespace wgt::app
