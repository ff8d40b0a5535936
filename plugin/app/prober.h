// SPDX-License-Identifier: GPL-2.0-only
// Packets that are sent to find out: ICMP echoes, or connections that are begun (TCP SYN) and
// closed again. As a program of that namespace sends them, by its routes.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plugin/event/tuple.h"
#include "plugin/health/answer.h"
#include "wgtools/base/ip.h"
#include "wgtools/base/result.h"
#include "wgtools/base/unique_fd.h"

namespace wgt::app {

struct ProbeOptions {
  IpAddress to = {};
  std::optional<std::uint16_t> port = {};  // of TCP; nullopt: ICMP echo
  std::uint64_t count = 3;                 // of probes
  std::uint32_t size = 56;                 // bytes behind the ICMP header
  bool dont_fragment = false;              // neither here nor on the way
  std::chrono::milliseconds interval{200};
};

struct SentProbe {
  std::uint32_t number = 0;               // from 1 on
  std::optional<std::string> error = {};  // the errno's name: it could not be sent
  std::optional<std::int64_t> answer_ns = {};
  bool refused = false;  // TCP: by a reset
  std::optional<health::ProbeRejection> rejected = {};
  std::uint16_t local_port = 0;  // TCP: the probe's own
};

class Prober {
 public:
  // netns: where the packets are sent, only needed here. news: of one that was sent, or of which
  // something was heard.
  static Result<std::unique_ptr<Prober>> open(boost::asio::io_context& io, BorrowedFd netns,
                                              const ProbeOptions& options,
                                              std::function<void(const SentProbe&)> news);
  ~Prober();
  Prober(const Prober&) = delete;
  Prober& operator=(const Prober&) = delete;

  void start();
  const std::vector<SentProbe>& probes() const;
  bool all_sent() const;
  bool all_answered() const;
  // Which probe a packet of the tunnel is, or is an answer to: its index in probes().
  std::optional<std::size_t> probe_of(const event::Tuple& inner) const;
  std::optional<std::size_t> answer_to(const event::Tuple& inner) const;

 private:
  class Impl;
  explicit Prober(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace wgt::app
