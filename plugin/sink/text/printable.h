// SPDX-License-Identifier: GPL-2.0-only
// Strings from outside (names of hosts, interfaces and namespaces out of somebody's recording) must
// not be able to steer a terminal or to break JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wgt::sink {

// Control characters and what is not UTF-8 as \xNN. Without utf8 the result is ASCII: our own signs
// get their ASCII form ("→": "->"), every other character \xNN.
std::string printable(std::string_view text, bool utf8);

// What is not UTF-8 as U+FFFD; control characters stay.
std::string valid_utf8(std::string_view text);

// Serialized JSON, which has no control characters below a space: the others as \uNNNN, which means
// the same; what is not UTF-8 as U+FFFD.
std::string json_printable(std::string text);

// Columns that printable text takes up: its characters.
std::size_t columns(std::string_view text);

// Lines of at most `width` columns, the first of them `first_width`: broken at spaces, and inside
// a word only when the word alone is longer.
std::vector<std::string> wrap(std::string_view text, std::size_t first_width, std::size_t width);

}  // namespace wgt::sink
