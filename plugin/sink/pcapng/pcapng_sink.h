// SPDX-License-Identifier: GPL-2.0-only
// Paths for Wireshark, tshark and tcpdump: a packet at each place where it was seen, inside the
// tunnel and outside, all on one clock. An interface is a place: "a:wg0" inside, "a:wg0:outer" its
// encrypted packets; of a namespace "host/netns:wg0".
//
// tcpdump refuses files whose interfaces differ in link type or snap length, and IPv4 beside IPv6
// without one: everything is Ethernet (findings/pcapng-two-raw-interfaces.sh).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plugin/sink/pcapng/blocks.h"
#include "plugin/sink/pcapng/one_clock.h"
#include "plugin/sink/stream_sink.h"

namespace wgt::sink {

class PcapngSink final : public StreamSink {
 public:
  explicit PcapngSink(std::ostream& out);

  void path(const explain::PathView& path) override;
  // The message that it is about; nothing of one that is only known to have been made.
  void handshake(const explain::HandshakeView& handshake) override;
  // In the file as well: what was lost.
  void summary(const explain::Summary& summary) override;

 private:
  std::uint32_t interface(const std::string& name, const std::string& description);
  std::uint32_t place(const explain::Side& side, bool outer);
  std::vector<pcapng::Packet> packets_of(const explain::PathView& path);

  std::map<std::string, std::uint32_t> interfaces_;  // by name
  pcapng::OneClock clock_;
  std::int64_t last_ns_ = 0;      // for what has no time of its own
  std::uint64_t no_packets_ = 0;  // paths of which no address is known
};

}  // namespace wgt::sink
