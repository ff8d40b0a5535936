// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/peer_source.h"

#include <unistd.h>

#include <algorithm>

#include "plugin/source/peer/choose_peer.h"
#include "plugin/source/peer/pair_words.h"
#include "wgtools/base/clock.h"
#include "wgtools/base/netns.h"
#include "wgtools/base/time.h"
#include "wgtools/wg/secret_dump.h"

namespace wgt::session {

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

std::int64_t now() { return clock_ns(CLOCK_MONOTONIC); }

}  // namespace

PeerSource::PeerSource(boost::asio::io_context& io, OwnEnd own_end, PeerOptions options)
    : io_(io),
      own_end_(std::move(own_end)),
      options_(std::move(options)),
      name_(to_string(options_.target)),
      dialer_(io),
      looks_(io) {}

PeerSource::~PeerSource() {
  dialer_.cancel();
  if (link_) link_->close();
}

Result<void> PeerSource::start(const source::Wanted& /*wanted*/, source::EventSink& sink) {
  sink_ = &sink;
  dial();
  poll_again();
  return {};
}

void PeerSource::stop() {
  enough_ = true;
  looks_.cancel();
  dialer_.cancel();
  if (!link_) return;
  if (end_->is_open()) end_->bye();
  link_->finish();
}

void PeerSource::dial() {
  dial_at_ns_.reset();
  heard_ns_ = now();
  answered_ = asked_ = watching_ = false;
  dialer_.dial(options_.target, [this](Result<Dialed> dialed) {
    if (!dialed) {
      over(with_hint(std::move(dialed).error()));
      return;
    }
    if (auto begun = shake_hands(*std::move(dialed)); !begun) over(std::move(begun).error());
  });
}

Error PeerSource::with_hint(Error error) const {
  if (answered_ || ever_watching_ || !std::holds_alternative<HostPort>(options_.target))
    return error;
  error.text +=
      ". Is `wg-trace listen` running there, and does a firewall let TCP pass? Over ssh: " +
      ("--pair ssh:" + std::get<HostPort>(options_.target).host);
  return error;
}

Result<void> PeerSource::shake_hands(Dialed dialed) {
  WGT_TRY(const wg::Device device, own_end_.dump());
  const auto address =
      dialed.connection ? std::optional(dialed.connection->there.address) : std::nullopt;
  WGT_TRY(peer_, choose_peer(device, options_.peer, address));
  WGT_TRY(const NetnsGuard inside, NetnsGuard::enter(own_end_.netns));
  WGT_TRY(wg::SecretKey secret, wg::read_private_key(own_end_.ifindex));
  WGT_TRY(wg::SecretKey psk, wg::read_preshared_key(own_end_.ifindex, peer_));
  KeyPair self = key_pair(std::move(secret));
  own_ = self.pub;
  connection_ = dialed.connection;
  ssh_ = std::move(dialed.ssh);
  UniqueFd copy(::dup(dialed.socket.get()));
  if (!copy) return errno_error("duplicate", "a socket");
  if (end_) bad_before_ += end_->decoded().bad();
  end_.emplace(static_cast<WatchEvents&>(*this));
  link_ = Link::start(
      io_, std::move(dialed.socket), std::move(copy),
      {.data = [this](Bytes bytes) { received(bytes); },
       .closed =
           [this](const std::string& why) {
             over(answered_ ? make_error(Errc::kNotFound, name_ + ": " + why)
                            : make_error(Errc::kPermission,
                                         no_answer_words(name_, own_end_.name, own_, peer_)));
           }});
  heard_ns_ = now();
  return end_->begin(std::move(self), random_key_pair(), peer_, std::move(psk));
}

void PeerSource::received(Bytes bytes) {
  answered_ = true;
  heard_ns_ = now();
  auto result = end_->receive(bytes, static_cast<std::uint64_t>(heard_ns_));
  if (result && failure_) result = *std::exchange(failure_, std::nullopt);
  if (!result) over(with_context(std::move(result).error(), name_));
}

void PeerSource::opened(PskMatch psk) {
  if (psk != PskMatch::kSame && !psk_told_)
    sink_->notice("wg-trace: " + psk_words(psk, own_end_.name, peer_));
  psk_told_ = psk != PskMatch::kSame;
  ping_ns_ = now();
  end_->ping(static_cast<std::uint64_t>(ping_ns_));
}

void PeerSource::compared(const source::RoundTrip& trip) {
  if (options_.on_round_trip) options_.on_round_trip(peer_, trip);
  sink_->round_trip(trip);
  if (asked_) return;
  asked_ = true;
  if (auto ready = sink_->ready(); !ready) {
    failure_ = std::move(ready).error();
    return;
  }
  heard_ns_ = now();
  end_->ask(options_.ask);
}

void PeerSource::host(event::HostInfo info) {
  if (!watching_) progress_ns_ = now();
  watching_ = ever_watching_ = true;
  failures_ = 0;
  sink_->host(info);
}

void PeerSource::events(std::span<event::Event> events) {
  for (event::Event& event : events)
    if (enough_ || !sink_->event(event, {})) enough_ = true;
}

void PeerSource::progress(const Progress& progress) {
  progress_ns_ = heard_ns_;
  lost_ = progress.lost;
  seen_until_ns_ = progress.seen_until_ns;
  if (!enough_ && !sink_->progress({seen_until_ns_, losses().total()})) enough_ = true;
}

source::Losses PeerSource::losses() const {
  const std::uint64_t bad = bad_before_ + (end_ ? end_->decoded().bad() : 0);
  return {{{"there", lost_before_ + lost_}}, bad};
}

void PeerSource::over(Error why) {
  dialer_.cancel();
  lost_before_ += std::exchange(lost_, 0);
  if (link_) link_->close();
  // The end may be what called us: it goes with the next session.
  link_.reset();
  ssh_ = {};
  connection_.reset();
  if (!ever_watching_) {
    sink_->failed(std::move(why));
    return;
  }
  if (std::exchange(watching_, false)) sink_->ended(source::End::kCut);
  const std::int64_t pause =
      std::min(kNsPerSecond << std::min(failures_, kMostDoublings), kMostPause);
  if (failures_++ == 0)
    sink_->notice("wg-trace: " + why.text +
                  "; what happens there is unknown until it is back, trying again …");
  dial_at_ns_ = now() + pause;
}

void PeerSource::poll_again() {
  looks_.expires_after(kLookEvery);
  looks_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    poll(now());
    poll_again();
  });
}

void PeerSource::poll(std::int64_t now_ns) {
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

}  // namespace wgt::session
