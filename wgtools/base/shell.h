// SPDX-License-Identifier: GPL-2.0-only
// Commands that are shown to people, who paste them into a root shell. Names in them can come
// from somebody else's recording or configuration, so none gets there but as a quoted word.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace wgt {

// `text` as one word for a POSIX shell. nullopt when it is empty, could be taken for an option or
// has control characters or bytes outside ASCII.
std::optional<std::string> shell_word(std::string_view text);

// `pattern` with each {} replaced by the next of `values`, as a word. nullopt when one of them
// cannot be a word. There are as many values as gaps.
std::optional<std::string> shell_command(std::string_view pattern,
                                         std::initializer_list<std::string_view> values);

// A complete command, to be run in a named network namespace. nullopt when the name cannot be a
// word: without it the command would change another namespace.
std::optional<std::string> in_netns(std::string_view command, std::string_view netns);

}  // namespace wgt
