// SPDX-License-Identifier: GPL-2.0-only
// One JSON object a line, with the fields and the rules for null that users and scripts rely on
// (README.md, "JSON"): fields are added, never renamed. Every object has `schema` and `kind`.
#pragma once

#include <boost/json.hpp>
#include <ostream>

#include "plugin/output/writer.h"

namespace wgt::output {

// memory: where all of it is allocated; it must outlive the object.
boost::json::object to_json(const view::PathView& path,
                            const boost::json::storage_ptr& memory = {});
boost::json::object to_json(const view::Summary& summary);
boost::json::object to_json(const view::HandshakeView& handshake);

class JsonWriter : public Writer {
 public:
  explicit JsonWriter(std::ostream& out) : out_(out) {}

  void path(const view::PathView& path) override;
  void handshake(const view::HandshakeView& handshake) override;
  void summary(const view::Summary& summary) override;

 private:
  std::ostream& out_;
};

}  // namespace wgt::output
