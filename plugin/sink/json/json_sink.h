// SPDX-License-Identifier: GPL-2.0-only
// One JSON object a line, with the fields and the rules for null that users and scripts rely on
// (README.md, "JSON"): fields are added, never renamed. Every object has `schema` and `kind`.
#pragma once

#include <boost/json.hpp>
#include <ostream>

#include "plugin/sink/stream_sink.h"

namespace wgt::sink {

// memory: where all of it is allocated; it must outlive the object.
boost::json::object to_json(const explain::PathView& path,
                            const boost::json::storage_ptr& memory = {});
boost::json::object to_json(const explain::Summary& summary);
boost::json::object to_json(const explain::HandshakeView& handshake);

class JsonSink : public StreamSink {
 public:
  using StreamSink::StreamSink;

  void path(const explain::PathView& path) override;
  void handshake(const explain::HandshakeView& handshake) override;
  void summary(const explain::Summary& summary) override;
};

}  // namespace wgt::sink
