// SPDX-License-Identifier: GPL-2.0-only
//
// Splits the kernel's answer to one request into its messages and watches over it: sequence
// number, end, error code, NLM_F_DUMP_INTR. Pure: fed with received datagrams.
#pragma once

#include <cstdint>
#include <functional>

#include "wgtools/base/result.h"
#include "wgtools/wg/netlink_attr.h"

namespace wgt::wg {

// How often an interrupted dump is repeated before its last answer is taken as it is.
inline constexpr int kMaxDumpRetries = 5;

// Gets one message with its struct nlmsghdr, valid for the call only.
using MessageHandler = std::function<Result<void>(Bytes message)>;

class NetlinkReply {
 public:
  // `sequence`: nlmsg_seq of the request; messages of other requests are skipped.
  explicit NetlinkReply(std::uint32_t sequence) : sequence_(sequence) {}

  // Hands each data message of a datagram to `handle`. True when the answer is complete
  // (NLMSG_DONE, or an acknowledgement). Errors: kCorrupt; the kernel's refusal, with sys_errno and
  // nothing but the errno's text; what `handle` returned.
  Result<bool> read(Bytes datagram, const MessageHandler& handle);

  // Whether the kernel said on any message so far, the closing one included, that the object
  // changed during the dump.
  bool interrupted() const { return interrupted_; }

 private:
  std::uint32_t sequence_;
  bool interrupted_ = false;
};

}  // namespace wgt::wg
