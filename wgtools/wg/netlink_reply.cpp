// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/wg/netlink_reply.h"

#include <linux/netlink.h>

#include <algorithm>
#include <cstring>

namespace wgt::wg {
namespace {

// The result of the whole request: first in the payload of NLMSG_DONE and NLMSG_ERROR alike, zero
// or a negative errno.
Result<void> kernel_result(Bytes message) {
  std::int32_t code = 0;
  if (message.size() < NLMSG_HDRLEN + sizeof(code)) {
    return make_error(Errc::kCorrupt, "netlink: result message is cut off");
  }
  std::memcpy(&code, message.data() + NLMSG_HDRLEN, sizeof(code));
  if (code == 0) return {};
  if (code > 0 || code < -4095) return make_error(Errc::kCorrupt, "netlink: impossible errno");
  return sys_error(-code, "netlink", {});
}

}  // namespace

Result<bool> NetlinkReply::read(Bytes datagram, const MessageHandler& handle) {
  while (!datagram.empty()) {
    nlmsghdr header{};
    if (datagram.size() < sizeof(header)) {
      return make_error(Errc::kCorrupt, "netlink: message header is cut off");
    }
    std::memcpy(&header, datagram.data(), sizeof(header));
    if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > datagram.size()) {
      return make_error(Errc::kCorrupt, "netlink: message is cut off");
    }
    const Bytes message = datagram.first(header.nlmsg_len);
    datagram =
        datagram.subspan(std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), datagram.size()));
    if (header.nlmsg_seq != sequence_) continue;
    if ((header.nlmsg_flags & NLM_F_DUMP_INTR) != 0) interrupted_ = true;

    if (header.nlmsg_type == NLMSG_DONE || header.nlmsg_type == NLMSG_ERROR) {
      WGT_TRY_VOID(kernel_result(message));
      return true;
    }
    if (header.nlmsg_type == NLMSG_OVERRUN) {
      return make_error(Errc::kSystem, "netlink: the kernel lost a part of its answer");
    }
    if (header.nlmsg_type >= NLMSG_MIN_TYPE) WGT_TRY_VOID(handle(message));
  }
  return false;
}

}  // namespace wgt::wg
