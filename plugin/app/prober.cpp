// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/prober.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <netinet/in.h>
#include <string.h>  // strerrorname_np, which <cstring> does not promise
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <map>
#include <span>

#include "plugin/app/probe_packet.h"
#include "wgtools/base/clock.h"
#include "wgtools/base/netns.h"
#include "wgtools/base/sockaddr.h"

namespace wgt::app {
namespace {

std::string errno_name(int error) {
  const char* name = strerrorname_np(error);
  return name != nullptr ? name : std::to_string(error);
}

}  // namespace

class Prober::Impl {
 public:
  Impl(boost::asio::io_context& io, const ProbeOptions& options,
       std::function<void(const SentProbe&)> news)
      : options_(options), news_(std::move(news)), io_(io), icmp_(io), timer_(io) {}

  Result<void> open(BorrowedFd netns) {
    WGT_TRY(const UniqueFd home, open_current_netns());
    WGT_TRY(netns_, reopen(netns));
    WGT_TRY(const NetnsGuard inside, NetnsGuard::enter(netns_));
    const bool v4 = options_.to.version == 4;
    UniqueFd fd(::socket(v4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
                         v4 ? static_cast<int>(IPPROTO_ICMP) : static_cast<int>(IPPROTO_ICMPV6)));
    if (!fd) return errno_error("open", "a raw socket for ICMP");
    WGT_TRY_VOID(set_fragmenting(fd));
    // Answers of others have another number.
    id_ = static_cast<std::uint16_t>(mono_ns() >> 10U ^ static_cast<std::uint64_t>(::getpid()));
    icmp_.assign(fd.release());
    return {};
  }

  void start() {
    wait_for_icmp();
    send_next();
  }

  std::vector<SentProbe> probes_;
  const ProbeOptions options_;
  std::uint16_t id_ = 0;

 private:
  // Its own, since a later socket is opened there, too.
  static Result<UniqueFd> reopen(BorrowedFd netns) {
    UniqueFd fd(::dup(netns.get()));
    if (!fd) return errno_error("keep", "a network namespace");
    return fd;
  }

  Result<void> set_fragmenting(BorrowedFd icmp) const {
    // _PROBE: whatever is known of the path, but no larger than the interface takes.
    const int discover = options_.dont_fragment ? IP_PMTUDISC_PROBE : IP_PMTUDISC_DONT;
    const int dont = options_.dont_fragment ? 1 : 0;
    const bool v4 = options_.to.version == 4;
    const int failed =
        v4 ? ::setsockopt(icmp.get(), IPPROTO_IP, IP_MTU_DISCOVER, &discover, sizeof discover)
           : ::setsockopt(icmp.get(), IPPROTO_IPV6, IPV6_MTU_DISCOVER, &discover, sizeof discover) |
                 ::setsockopt(icmp.get(), IPPROTO_IPV6, IPV6_DONTFRAG, &dont, sizeof dont);
    if (failed != 0) return errno_error("set", "whether a raw socket's packets are fragmented");
    return {};
  }

  void send_next() {
    if (probes_.size() >= options_.count) return;
    SentProbe& probe = probes_.emplace_back();
    probe.number = static_cast<std::uint32_t>(probes_.size());
    sent_ns_.push_back(clock_ns(CLOCK_MONOTONIC));
    if (options_.port)
      connect(probe);
    else
      send_echo(probe);
    news_(probe);
    if (probes_.size() >= options_.count) return;
    timer_.expires_after(options_.interval);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) send_next();
    });
  }

  void send_echo(SentProbe& probe) {
    const auto packet = echo_request(options_.to.version, id_,
                                     static_cast<std::uint16_t>(probe.number), options_.size);
    const SocketAddress to = to_sockaddr({.address = options_.to});
    if (::sendto(icmp_.native_handle(), packet.data(), packet.size(), 0, to.get(), to.length) < 0)
      probe.error = errno_name(errno);
  }

  void wait_for_icmp() {
    icmp_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     [this](const boost::system::error_code& error) {
                       if (error) return;
                       read_icmp();
                       wait_for_icmp();
                     });
  }

  void read_icmp() {
    std::array<std::uint8_t, 256> bytes{};  // the rest of an answer is its payload
    for (;;) {
      SocketAddress address;
      const ssize_t got = ::recvfrom(icmp_.native_handle(), bytes.data(), bytes.size(), 0,
                                     address.get(), &address.length);
      if (got < 0) return;
      const IpAddress from = to_endpoint(address).address;
      const auto heard =
          hear(std::span(bytes).first(static_cast<std::size_t>(got)), from, options_.to);
      const auto index = heard ? index_of(*heard) : std::nullopt;
      if (!index) continue;
      if (heard->error)
        rejected(*index, {from, *heard->error, heard->mtu});
      else
        answered(*index, false);
    }
  }

  std::optional<std::size_t> index_of(const HeardIcmp& heard) const {
    if (!options_.port) {
      const bool ours = heard.local_port == 0 && heard.id == id_ && heard.number >= 1 &&
                        heard.number <= probes_.size();
      return ours ? std::optional<std::size_t>(heard.number - 1U) : std::nullopt;
    }
    if (heard.port != *options_.port) return std::nullopt;
    const auto found = std::ranges::find(probes_, heard.local_port, &SentProbe::local_port);
    if (heard.local_port == 0 || found == probes_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - probes_.begin());
  }

  void rejected(std::size_t index, const health::ProbeRejection& how) {
    SentProbe& probe = probes_[index];
    if (probe.rejected) return;
    probe.rejected = how;
    news_(probe);
  }

  void answered(std::size_t index, bool refused) {
    SentProbe& probe = probes_[index];
    if (probe.answer_ns) return;
    probe.answer_ns = clock_ns(CLOCK_MONOTONIC) - sent_ns_[index];
    probe.refused = refused;
    news_(probe);
  }

  void connect(SentProbe& probe) {
    const int family = options_.to.version == 4 ? AF_INET : AF_INET6;
    int fd = -1;
    {
      const auto inside = NetnsGuard::enter(netns_);
      if (inside) fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    }
    if (fd < 0) {
      probe.error = errno_name(errno);
      return;
    }
    auto& stream = streams_.try_emplace(probes_.size() - 1, io_, fd).first->second;
    const SocketAddress to = to_sockaddr({.address = options_.to, .port = *options_.port});
    const bool began = ::connect(fd, to.get(), to.length) == 0 || errno == EINPROGRESS;
    const int error = errno;
    SocketAddress own;
    if (::getsockname(fd, own.get(), &own.length) == 0) probe.local_port = to_endpoint(own).port;
    if (!began) {
      probe.error = errno_name(error);
      return;
    }
    stream.async_wait(boost::asio::posix::stream_descriptor::wait_write,
                      [this, index = probes_.size() - 1](const boost::system::error_code& failed) {
                        if (!failed) connected(index);
                      });
  }

  void connected(std::size_t index) {
    auto& stream = streams_.at(index);
    int error = 0;
    socklen_t length = sizeof error;
    ::getsockopt(stream.native_handle(), SOL_SOCKET, SO_ERROR, &error, &length);
    boost::system::error_code ignored;
    stream.close(ignored);
    if (error == 0 || error == ECONNREFUSED) return answered(index, error != 0);
    probes_[index].error = errno_name(error);
    news_(probes_[index]);
  }

  std::function<void(const SentProbe&)> news_;
  boost::asio::io_context& io_;
  boost::asio::posix::stream_descriptor icmp_;
  boost::asio::steady_timer timer_;
  UniqueFd netns_;
  std::vector<std::int64_t> sent_ns_;
  std::map<std::size_t, boost::asio::posix::stream_descriptor> streams_;
};

Prober::Prober(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Prober::~Prober() = default;

Result<std::unique_ptr<Prober>> Prober::open(boost::asio::io_context& io, BorrowedFd netns,
                                             const ProbeOptions& options,
                                             std::function<void(const SentProbe&)> news) {
  auto impl = std::make_unique<Impl>(io, options, std::move(news));
  WGT_TRY_VOID(impl->open(netns));
  return std::unique_ptr<Prober>(new Prober(std::move(impl)));
}

void Prober::start() { impl_->start(); }
const std::vector<SentProbe>& Prober::probes() const { return impl_->probes_; }
bool Prober::all_sent() const { return probes().size() >= impl_->options_.count; }
bool Prober::all_answered() const {
  for (const SentProbe& probe : probes())
    if (!probe.answer_ns) return false;
  return all_sent();
}

std::optional<std::size_t> Prober::probe_of(const event::Tuple& inner) const {
  const ProbeOptions& options = impl_->options_;
  if (inner.dst != options.to) return std::nullopt;
  if (!options.port) {
    const bool ours =
        event::is_icmp(inner) && inner.icmp_id == impl_->id_ &&
        inner.icmp_type == (options.to.version == 4 ? ICMP_ECHO : ICMPV6_ECHO_REQUEST);
    if (!ours || inner.icmp_seq == 0 || inner.icmp_seq > probes().size()) return std::nullopt;
    return inner.icmp_seq - 1U;
  }
  if (inner.proto != IPPROTO_TCP || inner.dst_port != *options.port) return std::nullopt;
  for (std::size_t i = 0; i < probes().size(); i++)
    if (probes()[i].local_port == inner.src_port) return i;
  return std::nullopt;
}

std::optional<std::size_t> Prober::answer_to(const event::Tuple& inner) const {
  const ProbeOptions& options = impl_->options_;
  event::Tuple turned = inner;
  std::swap(turned.src, turned.dst);
  std::swap(turned.src_port, turned.dst_port);
  if (!options.port) {
    const bool reply =
        event::is_icmp(inner) &&
        inner.icmp_type == (options.to.version == 4 ? ICMP_ECHOREPLY : ICMPV6_ECHO_REPLY);
    if (!reply) return std::nullopt;
    turned.icmp_type = options.to.version == 4 ? ICMP_ECHO : ICMPV6_ECHO_REQUEST;
  }
  return probe_of(turned);
}

}  // namespace wgt::app
