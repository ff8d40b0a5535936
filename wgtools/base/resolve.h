// SPDX-License-Identifier: GPL-2.0-only
//
// Names to addresses, all at once and with a deadline: a name server that is dead costs the
// deadline, however many names there are.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "wgtools/base/ip.h"

namespace wgt {

struct Resolved {
  std::string name;
  std::vector<IpAddress> addresses = {};  // each once; empty: see the others
  std::string error = {};                 // of the resolver
  bool timed_out = false;
};

// In the order of `names`. By threads of the C library, in the network namespace of the calling
// one; what was not answered in time goes on in them until the process ends.
std::vector<Resolved> resolve(const std::vector<std::string>& names,
                              std::chrono::milliseconds deadline);

}  // namespace wgt
