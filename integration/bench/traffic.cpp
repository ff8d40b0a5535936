// SPDX-License-Identifier: GPL-2.0-only
#include "integration/bench/traffic.h"

#include <netinet/in.h>

#include <algorithm>
#include <cmath>
#include <queue>
#include <random>
#include <vector>

#include "wgtools/base/time.h"

namespace wgt::bench {
namespace {

using event::Received;
using event::Sent;
using event::VerdictId;

constexpr std::uint64_t kSecondNs = kNsPerSecond;
constexpr std::int64_t kWallNs = 1'700'000'000'000'000'000;
// Clocks of the two hosts, at the true time 0.
constexpr std::array<std::uint64_t, kHosts> kMonoNs = {1'000 * kSecondNs, 50'000 * kSecondNs};
constexpr std::uint64_t kEndsAfterNs = 5 * kSecondNs;  // the last packet
// counter_validate(): COUNTER_WINDOW_SIZE of include/messages.h.
constexpr std::uint64_t kReplayWindow = 8128;
constexpr std::uint64_t kWireNs = 12'000;  // from packet to packet within a burst
constexpr unsigned kFlows = 4;             // a peer

wg::PublicKey key_of(Host host, unsigned number) {
  wg::PublicKey key;
  std::mt19937 bytes(number * kHosts + host + 1);
  for (auto& byte : key.bytes) byte = static_cast<std::uint8_t>(bytes());
  return key;
}

event::DeviceKey device_of(Host host, unsigned peer) {
  if (host == kHostA) return {4026531840, 7};
  return {4026532000U + peer, 7};
}

IpAddress address(bool v6, std::uint8_t net, std::uint32_t number) {
  IpAddress out;
  out.version = v6 ? 6 : 4;
  if (v6) {
    out.bytes = {0xfd, 0, net};
    for (unsigned i = 0; i < 4; ++i)
      out.bytes[15U - i] = static_cast<std::uint8_t>(number >> 8U * i);
  } else {
    out.bytes = {10, net, static_cast<std::uint8_t>(number >> 8U),
                 static_cast<std::uint8_t>(number)};
  }
  return out;
}

// One direction of a tunnel.
struct Session {
  std::uint32_t receiver_index = 0;
  std::uint64_t counter = 0;
  std::uint64_t highest = 0;  // that was accepted
  std::uint64_t since_ns = 0;
};

struct Coming {
  std::uint64_t at_ns;  // true time
  std::uint64_t number;
  Host host;
  event::Event event;
  bool operator<(const Coming& other) const {
    return at_ns != other.at_ns ? at_ns > other.at_ns : number > other.number;
  }
};

class Run {
 public:
  Run(const TrafficOptions& options, const Traffic::Out& out)
      : options_(options), out_(out), random_(options.seed), peers_(options.peers) {
    for (unsigned peer = 0; peer < options.peers; ++peer)
      peers_[peer].delay_ns = 200'000 + below(20'000'000);
  }

  Fates run() {
    while (fates_.packets < options_.packets) {
      hand_out(now_ns_);
      send();
      now_ns_ += gap();
    }
    hand_out(UINT64_MAX);
    for (const Host host : {kHostA, kHostB})
      out_.progress(host, mono(host, end_ns_ + kEndsAfterNs));
    return fates_;
  }

 private:
  struct Peer {
    std::uint64_t delay_ns;
    std::array<Session, kHosts> sessions = {};  // by who sends
    std::array<std::uint32_t, kFlows> seq = {};
  };

  static std::uint64_t mono(Host host, std::uint64_t at_ns) { return kMonoNs[host] + at_ns; }
  std::uint64_t below(std::uint64_t limit) { return limit == 0 ? 0 : random_() % limit; }
  bool chance(double share) { return unit_(random_) < share; }
  bool is_watched(std::uint64_t at_ns) const { return at_ns >= options_.begun_apart_s * kSecondNs; }

  // Bursts of one flow at wire speed, with pauses that make up the rate.
  std::uint64_t gap() {
    if (!is_watched(now_ns_)) return kSecondNs;
    if (burst_left_ > 0) return std::min(kWireNs, kSecondNs / options_.rate);
    const auto wire = std::min(kWireNs, kSecondNs / options_.rate);
    const double pause =
        static_cast<double>(burst_) * static_cast<double>(kSecondNs / options_.rate - wire);
    return wire + static_cast<std::uint64_t>(-std::log(1.0 - unit_(random_)) * pause);
  }

  void put(Host host, std::uint64_t at_ns, event::Event event) {
    coming_.push({at_ns, number_++, host, std::move(event)});
  }

  void hand_out(std::uint64_t until_ns) {
    while (!coming_.empty() && coming_.top().at_ns <= until_ns) {
      Coming next = coming_.top();
      coming_.pop();
      end_ns_ = std::max(end_ns_, next.at_ns);
      for (; told_ns_ + kSecondNs <= next.at_ns; told_ns_ += kSecondNs)
        for (const Host host : {kHostA, kHostB})
          if (host == kHostA || is_watched(told_ns_)) out_.progress(host, mono(host, told_ns_));
      if (auto* rx = std::get_if<Received>(&next.event)) judge(next.host, *rx);
      if (next.host == kHostA || is_watched(next.at_ns)) out_.event(next.host, next.event);
    }
  }

  // What the receiver's window makes of it.
  void judge(Host host, Received& rx) {
    if (rx.verdict == VerdictId::UNKNOWN) {
      // A copy, of one that was accepted.
      rx.verdict = VerdictId::RX_REPLAY;
      fates_.paths[rx.verdict]++;
      return;
    }
    Session& session = by_index_[rx.key->receiver_index];
    (void)host;
    if (rx.key->counter + kReplayWindow < session.highest) {
      rx.verdict = VerdictId::RX_REPLAY;
      rx.too_old = true;
      rx.hop_ns[Received::kReplay] = rx.hop_ns[Received::kAllowedIps] =
          rx.hop_ns[Received::kDelivered] = 0;
    }
    session.highest = std::max(session.highest, rx.key->counter);
    fates_.paths[rx.verdict]++;
  }

  Session& session_for(unsigned number, Host from) {
    Session& session = peers_[number].sessions[from];
    if (session.receiver_index != 0 && now_ns_ - session.since_ns < options_.rekey_s * kSecondNs)
      return session;
    session = {.receiver_index = static_cast<std::uint32_t>(random_()) | 1U, .since_ns = now_ns_};
    by_index_[session.receiver_index] = {};
    event::HandshakeStep done;
    done.what = event::Hs::COMPLETED;
    done.device = device_of(from, number);
    done.peer = from == kHostA ? key_of(kHostB, number) : key_of(kHostA, 0);
    done.at_ns = mono(from, now_ns_);
    done.receiver_index = session.receiver_index;
    put(from, now_ns_, done);
    return session;
  }

  void new_burst() {
    burst_ = burst_left_ = 1 + static_cast<unsigned>(below(chance(0.3) ? 44 : 4));
    peer_ = static_cast<unsigned>(below(options_.peers));
    flow_ = static_cast<unsigned>(below(kFlows));
    from_ = chance(0.6) ? kHostA : kHostB;
    len_ = burst_ > 4 ? 1420 : static_cast<std::uint32_t>(60 + below(500));
  }

  event::Tuple inner() {
    const bool v6 = static_cast<double>((peer_ * kFlows + flow_) % 10) < options_.v6 * 10;
    event::Tuple tuple;
    tuple.src = address(v6, from_ == kHostA ? 1 : 2, peer_ + 1);
    tuple.dst = address(v6, from_ == kHostA ? 2 : 1, peer_ + 1);
    tuple.ttl = 64;
    tuple.len = len_;
    if (flow_ == 3) {
      tuple.proto = static_cast<std::uint8_t>(v6 ? int{IPPROTO_ICMPV6} : int{IPPROTO_ICMP});
      tuple.icmp_type = v6 ? 128 : 8;
      tuple.icmp_id = static_cast<std::uint16_t>(peer_);
      tuple.icmp_seq = static_cast<std::uint16_t>(peers_[peer_].seq[flow_]++);
      return tuple;
    }
    tuple.proto = flow_ == 2 ? IPPROTO_UDP : IPPROTO_TCP;
    tuple.src_port = static_cast<std::uint16_t>(from_ == kHostA ? 40000 + flow_ : 443);
    tuple.dst_port = static_cast<std::uint16_t>(from_ == kHostA ? 443 : 40000 + flow_);
    tuple.id = v6 ? std::uint16_t{0} : static_cast<std::uint16_t>(random_());
    if (flow_ == 2) return tuple;
    tuple.tcp_flags = 0x10;
    tuple.seq = peers_[peer_].seq[flow_] += len_ - 52;
    return tuple;
  }

  event::Tuple outer(bool seen_by_receiver) {
    const bool v6 = peer_ % 4 == 3;
    const bool nat = seen_by_receiver && peer_ % 4 == 1;
    const std::array<IpAddress, kHosts> ends = {
        address(v6, 100, 1), address(v6, nat && from_ == kHostB ? 102 : 101, peer_ + 1)};
    event::Tuple tuple;
    tuple.src = ends[from_];
    tuple.dst = ends[1 - from_];
    tuple.src_port = tuple.dst_port = 51820;
    tuple.proto = IPPROTO_UDP;
    tuple.ttl = seen_by_receiver ? 57 : 64;
    tuple.len = (len_ + 15) / 16 * 16 + (v6 ? 80 : 60);
    return tuple;
  }

  void send() {
    if (burst_left_ == 0) new_burst();
    --burst_left_;
    fates_.packets++;
    const Host to = from_ == kHostA ? kHostB : kHostA;
    Session& session = session_for(peer_, from_);
    const event::PacketKey key{session.receiver_index, session.counter++};

    Sent tx;
    tx.device = device_of(from_, peer_);
    tx.peer = from_ == kHostA ? key_of(kHostB, peer_) : key_of(kHostA, 0);
    tx.key = key;
    tx.outer = outer(false);
    tx.inner = inner();
    const std::uint64_t xmit = mono(from_, now_ns_);
    tx.hop_ns = {xmit, xmit + 2000 + below(9000), 0, 0};
    tx.hop_ns[Sent::kUdpTunnelXmit] = tx.hop_ns[Sent::kEncrypt] + 1500 + below(2000);
    tx.hop_ns[Sent::kOuterOut] = tx.hop_ns[Sent::kUdpTunnelXmit] + 1000 + below(8000);
    const std::uint64_t left_ns = tx.hop_ns[Sent::kOuterOut] - kMonoNs[from_];
    const bool seen = to == kHostA || is_watched(now_ns_);
    const bool sender_seen = from_ == kHostA || is_watched(now_ns_);
    if (chance(options_.drops / 2)) {
      tx.verdict = VerdictId::TX_NO_ROUTE;
      tx.error = -113;
      tx.hop_ns[Sent::kOuterOut] = 0;
      if (sender_seen) fates_.paths[tx.verdict]++;
      return put(from_, left_ns, tx);
    }
    put(from_, left_ns, tx);
    if (!seen) {
      fates_.unwatched++;
      return;
    }
    if (chance(options_.loss)) {
      if (sender_seen) fates_.paths[VerdictId::NETWORK_LOST]++;
      return;
    }
    arrive(to, tx, left_ns);
  }

  void arrive(Host to, const Sent& tx, std::uint64_t left_ns) {
    std::uint64_t at = left_ns + peers_[peer_].delay_ns +
                       static_cast<std::uint64_t>(-std::log(1.0 - unit_(random_)) * 50'000);
    if (chance(options_.reordered)) at += below(options_.reorder_ms * std::uint64_t{1'000'000});
    Received rx;
    rx.device = device_of(to, peer_);
    rx.peer = to == kHostA ? key_of(kHostB, peer_) : key_of(kHostA, 0);
    rx.key = tx.key;
    rx.outer = outer(true);
    rx.inner = tx.inner;
    rx.verdict = VerdictId::DELIVERED;
    std::uint64_t ns = mono(to, at);
    for (auto& hop : rx.hop_ns) hop = ns += 800 + below(4000);
    const std::uint64_t done = rx.hop_ns[Received::kDelivered] - kMonoNs[to];
    if (chance(options_.drops / 2)) {
      rx.verdict = VerdictId::RX_DISALLOWED_SOURCE;
      rx.hop_ns[Received::kDelivered] = 0;
    }
    put(to, done, rx);
    if (rx.verdict == VerdictId::DELIVERED && chance(options_.duplicates)) {
      Received copy = rx;
      copy.verdict = VerdictId::UNKNOWN;  // until judge()
      for (auto& hop : copy.hop_ns) hop += 20'000;
      copy.hop_ns[Received::kReplay] = copy.hop_ns[Received::kAllowedIps] =
          copy.hop_ns[Received::kDelivered] = 0;
      put(to, done + 20'000, copy);
    }
  }

  const TrafficOptions& options_;
  const Traffic::Out& out_;
  std::mt19937_64 random_;
  std::uniform_real_distribution<double> unit_{0.0, 1.0};
  std::vector<Peer> peers_;
  std::map<std::uint32_t, Session> by_index_;
  std::priority_queue<Coming> coming_;
  std::uint64_t number_ = 0;
  std::uint64_t now_ns_ = kSecondNs / 10;
  std::uint64_t end_ns_ = 0;
  std::uint64_t told_ns_ = kSecondNs;
  unsigned burst_ = 0, burst_left_ = 0, peer_ = 0, flow_ = 0;
  Host from_ = kHostA;
  std::uint32_t len_ = 0;
  Fates fates_;
};

}  // namespace

Traffic::Traffic(const TrafficOptions& options) : options_(options) {
  for (const Host host : {kHostA, kHostB}) {
    event::HostInfo& info = hosts_[host];
    info.hostname = host == kHostA ? "a.example.net" : "b.example.net";
    info.kernel = "6.12.0";
    info.boot_id = host == kHostA ? "5a4d09c1-0000-4000-8000-00000000000a"
                                  : "5a4d09c1-0000-4000-8000-00000000000b";
    info.wall_minus_mono_ns = kWallNs - static_cast<std::int64_t>(kMonoNs[host]);
    info.watch_started_mono_ns = kMonoNs[host];
    for (unsigned peer = 0; peer < (host == kHostA ? 1 : options.peers); ++peer)
      info.devices.push_back({.key = device_of(host, peer),
                              .netns = {},
                              .name = "wg0",
                              .public_key = key_of(host, peer)});
  }
  event::HostInfo& later = hosts_[kHostB];
  later.wall_minus_mono_ns += options.clocks_apart_s * static_cast<std::int64_t>(kSecondNs);
  later.watch_started_mono_ns += options.begun_apart_s * kSecondNs;
}

Fates Traffic::run(const Out& out) { return Run(options_, out).run(); }

}  // namespace wgt::bench
