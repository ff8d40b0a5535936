// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/link.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>

namespace wgt::session {

namespace asio = boost::asio;
using boost::system::error_code;

Link::Link(asio::io_context& io, UniqueFd in, UniqueFd out, Handlers handlers)
    : in_(io), out_(io), handlers_(std::move(handlers)) {
  in_.assign(in.get());
  (void)in.release();
  out_.assign(out.get());
  (void)out.release();
}

std::shared_ptr<Link> Link::start(asio::io_context& io, UniqueFd in, UniqueFd out,
                                  Handlers handlers) {
  std::shared_ptr<Link> link(new Link(io, std::move(in), std::move(out), std::move(handlers)));
  link->read_more();
  return link;
}

void Link::send(Bytes bytes) {
  ByteWriter(queue_).bytes(bytes);
  if (writing_.empty()) write_more();
}

void Link::read_more() {
  in_.async_read_some(asio::buffer(received_), [self = shared_from_this()](const error_code& error,
                                                                           std::size_t got) {
    if (self->silent_) return;
    if (error) {
      self->fail(error == asio::error::eof ? "the connection was closed" : error.message());
      return;
    }
    self->handlers_.data(Bytes(self->received_).first(got));
    if (!self->silent_) self->read_more();
  });
}

void Link::write_more() {
  if (queue_.empty()) {
    if (finishing_) close();
    return;
  }
  writing_.swap(queue_);
  asio::async_write(out_, asio::buffer(writing_),
                    [self = shared_from_this()](const error_code& error, std::size_t) {
                      self->writing_.clear();
                      if (error) {
                        if (!self->silent_) self->fail(error.message());
                        if (self->finishing_) self->close();
                        return;
                      }
                      self->write_more();
                    });
}

void Link::fail(const std::string& why) {
  close();
  handlers_.closed(why);
}

void Link::close() {
  silent_ = true;
  error_code ignored;
  in_.close(ignored);
  out_.close(ignored);
}

void Link::finish() {
  silent_ = true;
  finishing_ = true;
  error_code ignored;
  in_.cancel(ignored);
  if (writing_.empty()) write_more();
}

}  // namespace wgt::session
