// SPDX-License-Identifier: GPL-2.0-only
// Sentences and commands with gaps, filled from named facts. The tables of words (messages.cpp,
// drop_reason.cpp) use them as rows of which the first that can be filled applies, so a row says
// by itself what has to be known for it:
//   {name}        the fact; without it the row does not apply
//   {name|words}  the fact, or these words
//   {?name}       nothing; without the fact the row does not apply
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace wgt::explain {

using Facts = std::map<std::string, std::string, std::less<>>;

// nullopt: a fact that the row needs is not known. Between `backticks` a sentence is a command,
// and its facts are quoted as in one.
std::optional<std::string> fill_sentence(std::string_view text, const Facts& facts);

// The same with every fact quoted for the shell: names can come from somebody else's recording,
// and the result is made to be pasted into a root shell. nullopt as well when a fact cannot be
// part of a command (wgtools/base/shell.h).
std::optional<std::string> fill_command(std::string_view text, const Facts& facts);

}  // namespace wgt::explain
