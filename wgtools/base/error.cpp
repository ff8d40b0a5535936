// SPDX-License-Identifier: GPL-2.0-only
#include "wgtools/base/error.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace wgt {
namespace {

Errc errc_of(int sys_errno) {
  switch (sys_errno) {
    case EPERM:
    case EACCES:
      return Errc::kPermission;
    case ENOENT:
    case ENODEV:
      return Errc::kNotFound;
    case EOPNOTSUPP:
      return Errc::kUnsupported;
    default:
      return Errc::kSystem;
  }
}

}  // namespace

Error errno_error(std::string_view action, std::string_view object) {
  return sys_error(errno, action, object);
}

Error sys_error(int sys_errno, std::string_view action, std::string_view object) {
  std::string text(action);
  if (!object.empty()) {
    text += ' ';
    text += object;
  }
  text += ": ";
  text += std::generic_category().message(sys_errno);
  return Error{errc_of(sys_errno), sys_errno, std::move(text)};
}

Error make_error(Errc code, std::string text) { return Error{code, 0, std::move(text)}; }

Error with_context(Error error, std::string_view outer) {
  error.text.insert(0, ": ").insert(0, outer);
  return error;
}

void die(const Error& error) {
  std::fprintf(stderr, "wg-trace: fatal: %s\n", error.text.c_str());
  std::abort();
}

}  // namespace wgt
