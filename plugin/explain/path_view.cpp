// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/explain/path_view.h"

namespace wgt::explain {

const char* certainty_name(Certainty certainty) {
  switch (certainty) {
    case Certainty::kExact:
      return "exact";
    case Certainty::kInferred:
      return "inferred";
    case Certainty::kUnknown:
      return "unknown";
  }
  return "";
}

std::string side_label(const Side& side) {
  if (!side.netns || *side.netns == side.host) return side.host;
  return side.host + "/" + *side.netns;
}

}  // namespace wgt::explain
