// SPDX-License-Identifier: GPL-2.0-only
//
// The one error type: a class for the program (exit codes, fallbacks) and a sentence for the
// user. An error is either returned or printed, never both; whoever adds what it was doing does so
// with with_context(). Pure values, no threads, no globals.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace wgt {

enum class Errc : std::uint8_t {
  kSystem,       // the system call failed; sys_errno says how
  kNotFound,     // the named thing does not exist
  kUnsupported,  // this kernel or this object cannot do it
  kPermission,   // a capability is missing
  kCorrupt,      // bytes that break their own format
  kProtocol,     // well-formed bytes that make no sense here
  kVersion,      // a format version that is not understood
  kTimeout,
  kInvalid,  // the caller's (the user's) argument is wrong
};

struct Error {
  Errc code;
  int sys_errno;     // 0 when no system call was involved
  std::string text;  // "open /run/netns/a: No such file or directory"
};

// "ACTION OBJECT: <errno text>", e.g. errno_error("open", path). Reads errno before anything else.
Error errno_error(std::string_view action, std::string_view object);

// The same for an errno (positive) that was returned rather than set: libmnl, libbpf, netlink.
// EPERM, EACCES: kPermission; ENOENT, ENODEV: kNotFound; EOPNOTSUPP: kUnsupported; else kSystem.
Error sys_error(int sys_errno, std::string_view action, std::string_view object);

Error make_error(Errc code, std::string text);

// "OUTER: inner": code and errno stay.
Error with_context(Error error, std::string_view outer);

// For broken invariants only: prints the error's text on stderr and aborts.
[[noreturn]] void die(const Error& error);

}  // namespace wgt
