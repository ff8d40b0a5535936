// SPDX-License-Identifier: GPL-2.0-only
// One watcher of this interface: its connection, its end of the session, what it asked for, and
// what was lost because its connection was too slow.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "plugin/event/host_info.h"
#include "plugin/filter/packet_filter.h"
#include "plugin/source/peer/address.h"
#include "plugin/source/peer/link.h"
#include "plugin/source/peer/listen_end.h"

namespace wgt::app {

class ListenSession;

// What all sessions of an interface have in common.
class ListenHost {
 public:
  virtual wg::PublicKey public_key() = 0;
  virtual Result<session::KeyPair> key_pair() = 0;
  virtual Result<wg::SecretKey> admit(const wg::PublicKey& peer,
                                      const wg::PublicKey& ephemeral) = 0;
  virtual void opened(ListenSession& session, session::PskMatch psk) = 0;
  // From its return on records come.
  virtual Result<void> start_tracing() = 0;
  virtual const event::HostInfo& host_info() = 0;
  // What stands for a kernel address.
  virtual std::uint64_t location(std::uint64_t address) = 0;
  // Losses on this host since it was traced for anybody.
  virtual std::uint64_t lost() = 0;

 protected:
  ~ListenHost() = default;
};

class ListenSession final : session::ListenEvents {
 public:
  // connection: nullopt over pipes. `host` must outlive it.
  ListenSession(boost::asio::io_context& io, ListenHost& host, UniqueFd in, UniqueFd out,
                std::string name, const std::optional<session::Connection>& connection);
  ~ListenSession();
  ListenSession(const ListenSession&) = delete;
  ListenSession& operator=(const ListenSession&) = delete;

  const std::string& name() const { return name_; }  // "192.0.2.1:40000"
  const std::optional<session::Connection>& connection() const { return connection_; }
  bool is_open() const { return end_.is_open(); }
  bool is_serving() const { return filter_.has_value(); }
  const wg::PublicKey& peer() const { return end_.peer(); }  // once is_open()
  // Why it is over; for the log.
  const std::optional<Error>& over() const { return over_; }

  // An event of this peer's.
  void add(const event::Event& event);
  // Every record before now_ns was added.
  void progress(std::int64_t now_ns, bool names_changed);
  // Ends what has been silent for too long.
  void check_silence(std::int64_t now_ns);
  void bye(session::ByeReason reason);
  void refuse(session::ByeReason reason);  // says so, and is over

 private:
  void send(Bytes bytes) override { link_->send(bytes); }
  wg::PublicKey public_key() override { return host_.public_key(); }
  Result<session::KeyPair> key_pair() override { return host_.key_pair(); }
  Result<wg::SecretKey> admit(const wg::PublicKey& peer, const wg::PublicKey& ephemeral) override {
    return host_.admit(peer, ephemeral);
  }
  void opened(session::PskMatch psk) override { host_.opened(*this, psk); }
  Result<void> asked(const session::Ask& wanted) override;

  void received(Bytes bytes);
  std::uint64_t location_of(std::uint64_t address);
  void send_host();

  ListenHost& host_;
  std::string name_;
  std::optional<session::Connection> connection_;
  session::ListenEnd end_{*this};
  std::shared_ptr<session::Link> link_;
  std::optional<Error> over_;
  std::int64_t heard_ns_;
  std::optional<filter::PacketFilter> filter_;  // once asked
  std::uint32_t sample_ = 1;
  std::uint64_t watch_started_ns_ = 0;
  std::uint64_t lost_before_ = 0;
  std::uint64_t dropped_ = 0;                         // the connection was too slow
  std::map<std::uint64_t, std::uint64_t> locations_;  // kernel address -> what stands for it
  bool new_names_ = false;
};

}  // namespace wgt::app
