// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/health/place.h"

#include "wgtools/base/shell.h"

namespace wgt::health {

std::optional<std::string> run_from_here(const std::string& command, const Place& place) {
  if (place.here) return command;
  if (place.netns) return in_netns(command, *place.netns);
  if (place.initial) return "nsenter --net=/proc/1/ns/net " + command;
  return std::nullopt;
}

}  // namespace wgt::health
