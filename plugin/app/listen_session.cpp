// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/listen_session.h"

#include "plugin/filter/sample.h"
#include "plugin/source/kernel/clock.h"
#include "wgtools/base/time.h"

namespace wgt::app {

namespace {

constexpr std::int64_t kHelloWithin = 5 * kNsPerSecond;
constexpr std::int64_t kClientSilence = 15 * kNsPerSecond;
// More would only come late: a slow line is better told of less, soon.
constexpr std::size_t kMostWaiting = std::size_t{256} * 1024;
constexpr std::size_t kMostLocations = 4096;

}  // namespace

ListenSession::ListenSession(boost::asio::io_context& io, ListenHost& host, UniqueFd in,
                             UniqueFd out, std::string name,
                             const std::optional<session::Connection>& connection)
    : host_(host),
      name_(std::move(name)),
      connection_(connection),
      heard_ns_(kernel::clock_ns(CLOCK_MONOTONIC)) {
  link_ = session::Link::start(
      io, std::move(in), std::move(out),
      {.data = [this](Bytes bytes) { received(bytes); },
       .closed = [this](const std::string& why) { over_ = make_error(Errc::kNotFound, why); }});
}

ListenSession::~ListenSession() { link_->finish(); }

void ListenSession::received(Bytes bytes) {
  if (over_) return;
  heard_ns_ = kernel::clock_ns(CLOCK_MONOTONIC);
  auto result = end_.receive(bytes, static_cast<std::uint64_t>(heard_ns_));
  if (result) return;
  over_ = std::move(result).error();
  link_->close();
}

Result<void> ListenSession::asked(const session::Ask& wanted) {
  WGT_TRY(auto filter, filter::PacketFilter::from_instructions(wanted.filter));
  if (auto started = host_.start_tracing(); !started) {
    bye(session::ByeReason::kNotTraced);
    return std::move(started).error();
  }
  filter_ = std::move(filter);
  sample_ = wanted.sample;
  watch_started_ns_ = kernel::mono_ns();
  lost_before_ = host_.lost();
  send_host();
  return {};
}

// The names that this peer's records need, and nothing else of this host's.
void ListenSession::send_host() {
  event::HostInfo info = host_.host_info();
  info.watch_started_mono_ns = watch_started_ns_;
  info.filter.clear();  // it knows what it asked for
  // One interface: that it was traced before, too, is of no session.
  if (info.devices.size() > 1) info.devices.erase(info.devices.begin(), info.devices.end() - 1);
  std::map<std::uint64_t, std::string> functions;
  for (const auto& [address, number] : locations_)
    if (const auto name = info.functions.find(address); name != info.functions.end())
      functions.emplace(number, name->second);
  info.functions = std::move(functions);
  end_.host(info);
  new_names_ = false;
}

std::uint64_t ListenSession::location_of(std::uint64_t address) {
  if (address == 0) return 0;
  if (const auto known = locations_.find(address); known != locations_.end()) return known->second;
  if (locations_.size() >= kMostLocations) return 0;
  new_names_ = true;
  return locations_.emplace(address, host_.location(address)).first->second;
}

void ListenSession::add(const event::Event& event) {
  if (!filter_ || over_) return;
  // Steps of handshakes are few, and no packets that a filter could mean.
  if (!std::holds_alternative<event::HandshakeStep>(event) &&
      (!filter_->may_match(event) || !filter::in_sample(event, sample_)))
    return;
  if (link_->waiting() > kMostWaiting) {
    dropped_++;
    return;
  }
  const auto* drop = std::get_if<event::StackDrop>(&event);
  end_.add(event, drop != nullptr ? location_of(drop->location) : 0);
}

void ListenSession::progress(std::int64_t now_ns, bool names_changed) {
  if (over_ || !filter_ || link_->waiting() > kMostWaiting) return;
  if (names_changed || new_names_) send_host();
  end_.progress({static_cast<std::uint64_t>(now_ns), host_.lost() - lost_before_ + dropped_});
}

void ListenSession::check_silence(std::int64_t now_ns) {
  if (over_ || now_ns - heard_ns_ <= (is_open() ? kClientSilence : kHelloWithin)) return;
  over_ = make_error(Errc::kTimeout,
                     is_open() ? "nothing was heard for 15 s" : "it did not say hello within 5 s");
  link_->close();
}

void ListenSession::refuse(session::ByeReason reason) {
  bye(reason);
  over_ = make_error(Errc::kTimeout, session::bye_words(reason));
}

void ListenSession::bye(session::ByeReason reason) {
  if (!over_ && is_open()) end_.bye(reason);
}

}  // namespace wgt::app
