// SPDX-License-Identifier: GPL-2.0-only
// A stream of bytes to the other end, whatever carries it: a TCP socket, a pipe each way. Bytes in
// by callback, bytes out through a queue. Single-threaded, on its io_context.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "wgtools/base/bytes.h"
#include "wgtools/base/unique_fd.h"

namespace wgt::session {

class Link : public std::enable_shared_from_this<Link> {
 public:
  struct Handlers {
    std::function<void(Bytes)> data;
    std::function<void(const std::string& why)> closed;  // by the other end, or an error; once
  };

  // Takes the descriptors, which may be copies of one socket; they become non-blocking. Files that
  // cannot be waited for throw boost::system::system_error. The handlers are called until close().
  static std::shared_ptr<Link> start(boost::asio::io_context& io, UniqueFd in, UniqueFd out,
                                     Handlers handlers);

  void send(Bytes bytes);
  // What was sent and the kernel has not taken yet; the caller keeps it bounded.
  std::size_t waiting() const { return queue_.size() + writing_.size(); }

  void close();   // at once; no handler is called any more
  void finish();  // no handler is called any more; closes when everything left

 private:
  Link(boost::asio::io_context& io, UniqueFd in, UniqueFd out, Handlers handlers);
  void read_more();
  void write_more();
  void fail(const std::string& why);

  boost::asio::posix::stream_descriptor in_;
  boost::asio::posix::stream_descriptor out_;
  Handlers handlers_;
  std::array<std::uint8_t, 65536> received_{};
  ByteVector queue_;
  ByteVector writing_;
  bool silent_ = false;  // no more handlers
  bool finishing_ = false;
};

}  // namespace wgt::session
