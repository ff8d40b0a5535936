// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/attached_programs.h"

#include <bpf/bpf.h>

#include <filesystem>
#include <system_error>
#include <thread>

#include "plugin/source/kernel/maps.h"
#include "wgtools/base/unique_fd.h"

namespace wgt::kernel {
namespace {

void add_program_of(const UniqueFd& link, ProgramIds& to) {
  bpf_link_info info{};
  std::uint32_t size = sizeof(info);
  if (link && bpf_obj_get_info_by_fd(link.get(), &info, &size) == 0) to.push_back(info.prog_id);
}

// Without opening it, which would keep it.
bool exists(std::uint32_t program) {
  std::uint32_t found = 0;
  return bpf_prog_get_next_id(program - 1, &found) == 0 && found == program;
}

}  // namespace

ProgramIds attached_programs(const PinDirectory& pins) {
  ProgramIds all;
  std::error_code error;
  for (const auto& pin : std::filesystem::directory_iterator(pins.path() + "/link", error))
    add_program_of(UniqueFd(bpf_obj_get(pin.path().c_str())), all);
  if (const auto ids = PinnedMap<std::uint32_t, std::uint32_t>::open(pins, "wgt_links"))
    for (const std::uint32_t row : ids->keys())
      if (const auto id = ids->get(row); id && *id != 0)
        add_program_of(UniqueFd(bpf_link_get_fd_by_id(*id)), all);
  return all;
}

std::size_t wait_until_gone(ProgramIds programs, std::chrono::milliseconds at_most) {
  constexpr std::chrono::milliseconds kLookEvery{10};
  const auto until = std::chrono::steady_clock::now() + at_most;
  for (;;) {
    std::erase_if(programs, [](std::uint32_t id) { return !exists(id); });
    if (programs.empty() || std::chrono::steady_clock::now() >= until) return programs.size();
    std::this_thread::sleep_for(kLookEvery);
  }
}

}  // namespace wgt::kernel
