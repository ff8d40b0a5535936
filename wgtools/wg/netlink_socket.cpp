// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/netlink_socket.h"

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <sodium.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <optional>
#include <string>

namespace wgt::wg {
namespace {

// The kernel fills at most 32 KiB of a dump into one datagram (netlink_dump), and less for a
// smaller buffer.
constexpr std::size_t kBufferBytes = 32768;
constexpr timeval kReceiveTimeout{.tv_sec = 5, .tv_usec = 0};

// Overwrites the received bytes on every way out of a scope.
class Wiper {
 public:
  Wiper(std::byte* bytes, std::size_t length_bytes) : bytes_(bytes), length_bytes_(length_bytes) {}
  ~Wiper() { sodium_memzero(bytes_, length_bytes_); }
  Wiper(const Wiper&) = delete;
  Wiper& operator=(const Wiper&) = delete;

 private:
  std::byte* bytes_;
  std::size_t length_bytes_;
};

}  // namespace

void NetlinkSocket::SocketCloser::operator()(mnl_socket* socket) const { mnl_socket_close(socket); }

void NetlinkSocket::LockedFree::operator()(std::byte* buffer) const { sodium_free(buffer); }

Result<NetlinkSocket> NetlinkSocket::open(int bus) {
  if (sodium_init() < 0) return make_error(Errc::kSystem, "libsodium does not start");
  NetlinkSocket result;
  result.buffer_.reset(static_cast<std::byte*>(sodium_malloc(kBufferBytes)));
  if (!result.buffer_) return errno_error("allocate", "netlink buffer");
  result.socket_.reset(mnl_socket_open2(bus, SOCK_CLOEXEC));
  if (!result.socket_) return errno_error("open", "netlink socket");
  if (mnl_socket_bind(result.socket_.get(), 0, MNL_SOCKET_AUTOPID) < 0) {
    return errno_error("bind", "netlink socket");
  }
  if (setsockopt(mnl_socket_get_fd(result.socket_.get()), SOL_SOCKET, SO_RCVTIMEO, &kReceiveTimeout,
                 sizeof(kReceiveTimeout)) != 0) {
    return errno_error("set a timeout on", "netlink socket");
  }
  return result;
}

Result<std::size_t> NetlinkSocket::receive() {
  for (;;) {
    const ssize_t length = mnl_socket_recvfrom(socket_.get(), buffer_.get(), kBufferBytes);
    if (length >= 0) return static_cast<std::size_t>(length);
    if (errno == EINTR) continue;
    // A datagram larger than the buffer has still filled it.
    const Wiper wiper(buffer_.get(), errno == ENOSPC ? kBufferBytes : 0);
    if (errno == EAGAIN) return make_error(Errc::kTimeout, "netlink: no answer from the kernel");
    return errno_error("receive from", "netlink");
  }
}

Result<bool> NetlinkSocket::exchange(nlmsghdr& request, const MessageHandler& handle) {
  request.nlmsg_seq = ++sequence_;
  if (mnl_socket_sendto(socket_.get(), &request, request.nlmsg_len) < 0) {
    return errno_error("send to", "netlink");
  }
  NetlinkReply reply(request.nlmsg_seq);
  for (;;) {
    WGT_TRY(const std::size_t length_bytes, receive());
    const Wiper wiper(buffer_.get(), length_bytes);
    WGT_TRY(const bool complete, reply.read({buffer_.get(), length_bytes}, handle));
    if (complete) return reply.interrupted();
  }
}

Result<std::uint16_t> resolve_family(NetlinkSocket& socket, std::string_view family) {
  const std::string name(family);
  alignas(nlmsghdr) std::array<char, 256> buffer{};
  nlmsghdr* request = mnl_nlmsg_put_header(buffer.data());
  request->nlmsg_type = GENL_ID_CTRL;
  request->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  auto* header = static_cast<genlmsghdr*>(mnl_nlmsg_put_extra_header(request, sizeof(genlmsghdr)));
  header->cmd = CTRL_CMD_GETFAMILY;
  header->version = 1;
  if (!mnl_attr_put_strz_check(request, buffer.size(), CTRL_ATTR_FAMILY_NAME, name.c_str())) {
    return make_error(Errc::kInvalid, "not a generic netlink family name: " + name);
  }

  std::optional<std::uint16_t> id;
  const auto read_id = [&id](Bytes message) -> Result<void> {
    constexpr std::size_t kHeaderBytes = NLMSG_HDRLEN + GENL_HDRLEN;
    if (message.size() < kHeaderBytes) return make_error(Errc::kCorrupt, "netlink: cut off");
    return for_each_attr(message.subspan(kHeaderBytes), "netlink family",
                         [&id](const NetlinkAttr& attr) -> Result<void> {
                           if (attr.type != CTRL_ATTR_FAMILY_ID) return {};
                           WGT_TRY(id, read_number<std::uint16_t>(attr, "CTRL_ATTR_FAMILY_ID"));
                           return {};
                         });
  };
  WGT_TRY([[maybe_unused]] const bool interrupted, socket.exchange(*request, read_id));
  if (!id) return make_error(Errc::kCorrupt, "CTRL_ATTR_FAMILY_ID: missing from the answer");
  return *id;
}

}  // namespace wgt::wg
