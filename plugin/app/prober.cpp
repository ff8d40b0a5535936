// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/app/prober.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <netinet/in.h>
#include <string.h>  // strerrorname_np, which <cstring> does not promise
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>
#include <map>
#include <span>

#include "wgtools/base/clock.h"
#include "wgtools/base/netns.h"

namespace wgt::app {
namespace {

constexpr std::size_t kEchoBytes = 8;  // its header

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

Address socket_address(const IpAddress& to, std::uint16_t port) {
  Address address;
  if (to.version == 4) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    std::memcpy(&in.sin_addr, to.bytes.data(), 4);
    std::memcpy(&address.storage, &in, sizeof in);
    address.length = sizeof in;
  } else {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(port);
    std::memcpy(&in.sin6_addr, to.bytes.data(), 16);
    std::memcpy(&address.storage, &in, sizeof in);
    address.length = sizeof in;
  }
  return address;
}

const sockaddr* as_sockaddr(const Address& address) {
  return reinterpret_cast<const sockaddr*>(&address.storage);  // NOLINT(*-reinterpret-cast)
}

std::string errno_name(int error) {
  const char* name = strerrorname_np(error);
  return name != nullptr ? name : std::to_string(error);
}

std::uint16_t checksum(std::span<const std::uint8_t> bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2)
    sum += static_cast<std::uint32_t>(bytes[i]) << 8U | (i + 1 < bytes.size() ? bytes[i + 1] : 0U);
  while (sum >> 16U != 0) sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

void put16(std::vector<std::uint8_t>& bytes, std::size_t at, std::uint16_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8U);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}

}  // namespace

class Prober::Impl {
 public:
  Impl(boost::asio::io_context& io, const ProbeOptions& options,
       std::function<void(const SentProbe&)> news)
      : options_(options), news_(std::move(news)), io_(io), echo_(io), timer_(io) {}

  Result<void> open(BorrowedFd netns) {
    WGT_TRY(const UniqueFd home, open_current_netns());
    WGT_TRY(netns_, reopen(netns));
    if (options_.port) return {};
    WGT_TRY(const NetnsGuard inside, NetnsGuard::enter(netns_));
    const bool v4 = options_.to.version == 4;
    UniqueFd fd(::socket(v4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
                         v4 ? static_cast<int>(IPPROTO_ICMP) : static_cast<int>(IPPROTO_ICMPV6)));
    if (!fd) return errno_error("open", "a raw socket for ICMP");
    if (v4) {
      const int discover = options_.dont_fragment ? IP_PMTUDISC_PROBE : IP_PMTUDISC_DONT;
      if (::setsockopt(fd.get(), IPPROTO_IP, IP_MTU_DISCOVER, &discover, sizeof discover) != 0)
        return errno_error("set", "IP_MTU_DISCOVER of a raw socket");
    }
    // Answers of others have another number.
    id_ = static_cast<std::uint16_t>(mono_ns() >> 10U ^ static_cast<std::uint64_t>(::getpid()));
    echo_.assign(fd.release());
    return {};
  }

  void start() {
    if (!options_.port) wait_for_echo();
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
    const bool v4 = options_.to.version == 4;
    std::vector<std::uint8_t> packet(kEchoBytes + options_.size);
    packet[0] = v4 ? ICMP_ECHO : ICMPV6_ECHO_REQUEST;
    put16(packet, 4, id_);
    put16(packet, 6, static_cast<std::uint16_t>(probe.number));
    if (v4) put16(packet, 2, checksum(packet));  // of ICMPv6 the kernel makes it
    const Address to = socket_address(options_.to, 0);
    if (::sendto(echo_.native_handle(), packet.data(), packet.size(), 0, as_sockaddr(to),
                 to.length) < 0)
      probe.error = errno_name(errno);
  }

  void wait_for_echo() {
    echo_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     [this](const boost::system::error_code& error) {
                       if (error) return;
                       read_echoes();
                       wait_for_echo();
                     });
  }

  void read_echoes() {
    std::array<std::uint8_t, 256> bytes{};  // the rest of an answer is its payload
    for (;;) {
      const ssize_t got = ::recv(echo_.native_handle(), bytes.data(), bytes.size(), 0);
      if (got < 0) return;
      auto packet = std::span(bytes).first(static_cast<std::size_t>(got));
      const bool v4 = options_.to.version == 4;
      if (v4) {
        const std::size_t header = packet.empty() ? 0 : (packet[0] & 15U) * 4U;
        if (header < 20 || packet.size() < header + kEchoBytes ||
            std::memcmp(&packet[12], options_.to.bytes.data(), 4) != 0)
          continue;
        packet = packet.subspan(header);
      }
      if (packet.size() < kEchoBytes || packet[0] != (v4 ? ICMP_ECHOREPLY : ICMPV6_ECHO_REPLY) ||
          (packet[4] << 8U | packet[5]) != id_)
        continue;
      const auto number = static_cast<std::size_t>(packet[6] << 8U | packet[7]);
      if (number >= 1 && number <= probes_.size()) answered(number - 1, false);
    }
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
    const Address to = socket_address(options_.to, *options_.port);
    const bool began = ::connect(fd, as_sockaddr(to), to.length) == 0 || errno == EINPROGRESS;
    const int error = errno;
    Address own;
    own.length = sizeof own.storage;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&own.storage), &own.length) == 0)  // NOLINT
      probe.local_port = port_of(own);
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

  static std::uint16_t port_of(const Address& address) {
    sockaddr_in in{};
    std::memcpy(&in, &address.storage, sizeof in);  // the port stands at one place in both
    return ntohs(in.sin_port);
  }

  std::function<void(const SentProbe&)> news_;
  boost::asio::io_context& io_;
  boost::asio::posix::stream_descriptor echo_;
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
