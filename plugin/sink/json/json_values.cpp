// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/json/json_values.h"

namespace wgt::sink {

std::string json_line(const boost::json::value& value) {
  std::string line = json_printable(boost::json::serialize(value));
  line += '\n';
  return line;
}

}  // namespace wgt::sink
