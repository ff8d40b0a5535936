// SPDX-License-Identifier: GPL-2.0-only
// A watcher and a listener, back to back: what each sends waits in a queue until it is moved.
#pragma once

#include <optional>
#include <vector>

#include "plugin/source/peer/listen_end.h"
#include "plugin/source/peer/watch_end.h"

namespace wgt::session {

inline wg::SecretKey copy_of(const wg::SecretKey& key) {
  wg::SecretKey copy;
  std::copy(key.bytes().begin(), key.bytes().end(), copy.data());
  return copy;
}
inline KeyPair copy_of(const KeyPair& pair) { return {copy_of(pair.secret), pair.pub}; }

struct Watcher final : WatchEvents {
  void send(Bytes bytes) override { ByteWriter(sent).bytes(bytes); }
  void opened(PskMatch match) override { psk = match; }
  void compared(const RoundTrip& clocks) override { trips.push_back(clocks); }
  void host(event::HostInfo info) override { hosts.push_back(std::move(info)); }
  void events(std::span<event::Event> some) override {
    got.insert(got.end(), some.begin(), some.end());
  }
  void progress(const Progress& now) override { last_progress = now; }

  ByteVector sent;
  std::optional<PskMatch> psk;
  std::vector<RoundTrip> trips;
  std::vector<event::HostInfo> hosts;
  std::vector<event::Event> got;
  std::optional<Progress> last_progress;
  WatchEnd end{*this};
};

struct Listener final : ListenEvents {
  void send(Bytes bytes) override { ByteWriter(sent).bytes(bytes); }
  wg::PublicKey public_key() override { return keys.pub; }
  Result<KeyPair> key_pair() override { return copy_of(keys); }
  Result<wg::SecretKey> admit(const wg::PublicKey& peer, const wg::PublicKey&) override {
    if (peer != peer_key) return make_error(Errc::kPermission, "no peer of ours");
    return copy_of(psk);
  }
  void opened(PskMatch match) override { seen_psk = match; }
  Result<void> asked(const Ask& wanted) override {
    ask = wanted;
    return {};
  }

  KeyPair keys = random_key_pair();
  wg::PublicKey peer_key;
  wg::SecretKey psk;
  ByteVector sent;
  std::optional<PskMatch> seen_psk;
  std::optional<Ask> ask;
  ListenEnd end{*this};
};

struct TwoEnds {
  TwoEnds() { listener.peer_key = keys.pub; }
  Result<void> begin() {
    return watcher.end.begin(copy_of(keys), random_key_pair(), listener.keys.pub, copy_of(psk));
  }
  Result<void> to_listener(std::uint64_t now_ns = 2000) {
    return listener.end.receive(std::exchange(watcher.sent, {}), now_ns);
  }
  Result<void> to_watcher(std::uint64_t now_ns = 3000) {
    return watcher.end.receive(std::exchange(listener.sent, {}), now_ns);
  }
  // Until both have said hello.
  Result<void> open() {
    WGT_TRY_VOID(begin());
    WGT_TRY_VOID(to_listener());
    WGT_TRY_VOID(to_watcher());
    WGT_TRY_VOID(to_listener());
    return to_watcher();
  }

  KeyPair keys = random_key_pair();  // the watcher's
  wg::SecretKey psk;
  Watcher watcher;
  Listener listener;
};

inline event::HostInfo host_named(const std::string& name) {
  event::HostInfo host;
  host.hostname = name;
  host.devices.push_back({{4, 3}, std::nullopt, "wg0", {}});
  return host;
}

}  // namespace wgt::session
