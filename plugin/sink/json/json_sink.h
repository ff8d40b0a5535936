// SPDX-License-Identifier: GPL-2.0-only
// One JSON object a line, with the fields and the rules for null that users and scripts rely on
// (README.md, "JSON"): fields are added, never renamed. Every object has `schema` and `kind`.
#pragma once

#include <boost/json.hpp>
#include <ostream>
#include <string>

#include "plugin/sink/stream_sink.h"

namespace wgt::sink {

// A path as part of something else; in a stream: append_json().
boost::json::object to_json(const explain::PathView& path);
boost::json::object to_json(const explain::Summary& summary);
boost::json::object to_json(const explain::HandshakeView& handshake);

class JsonSink : public StreamSink {
 public:
  using StreamSink::StreamSink;

  void path(const explain::PathView& path) override;
  void handshake(const explain::HandshakeView& handshake) override;
  void summary(const explain::Summary& summary) override;

 private:
  std::string line_;
};

}  // namespace wgt::sink
