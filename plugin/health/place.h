// SPDX-License-Identifier: GPL-2.0-only
// Where a command has to be run: an interface and its socket may be in two network namespaces.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace wgt::health {

enum class RunIn : std::uint8_t { kInterface, kSocket };  // whose namespace

// A network namespace, as seen from who runs this program.
struct Place {
  bool here = true;
  std::optional<std::string> netns = {};  // its name, if it has one
  bool initial = false;                   // process 1's
};

// The command as it is run from here; nullopt: it can't be.
std::optional<std::string> run_from_here(const std::string& command, const Place& place);

}  // namespace wgt::health
