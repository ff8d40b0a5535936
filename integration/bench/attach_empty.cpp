// SPDX-License-Identifier: GPL-2.0-only
// Attaches the programs of empty.bpf.o, says so, and waits to be ended.
//
//   attach-empty OBJECT up|watched|PROGRAM[,PROGRAM...]
//
// up: the hooks that `wg-trace up` attaches; watched: all of them.
#include <bpf/libbpf.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "plugin/source/kernel/hook_table.h"

namespace {

using wgt::kernel::Hook;
using wgt::kernel::How;
using wgt::kernel::Need;
using wgt::kernel::When;

struct Close {
  void operator()(bpf_object* object) const { bpf_object__close(object); }
  void operator()(bpf_link* link) const { bpf_link__destroy(link); }
};

bool wanted(const Hook& hook, const std::string& what) {
  if (what == "watched") return true;
  if (what == "up") return hook.when == When::kAlways;
  return ("," + what + ",").find("," + std::string(hook.program) + ",") != std::string::npos;
}

// Attaches what the kernel has; a MUST hook that it lacks is an error.
int attach(const char* file, const std::string& what) {
  const std::unique_ptr<bpf_object, Close> object(bpf_object__open_file(file, nullptr));
  if (!object) return 1;
  std::vector<const Hook*> chosen;
  for (const Hook& hook : wgt::kernel::hooks()) {
    bpf_program* program =
        bpf_object__find_program_by_name(object.get(), std::string(hook.program).c_str());
    const std::string symbol(hook.symbol);
    bool take = program != nullptr && wanted(hook, what);
    if (take && hook.how != How::kKprobe &&
        bpf_program__set_attach_target(program, 0, symbol.c_str()) != 0) {
      std::fprintf(stderr, "no %s in this kernel\n", symbol.c_str());
      if (hook.need == Need::kMust) return 1;
      take = false;
    }
    bpf_program__set_autoload(program, take);
    if (take) chosen.push_back(&hook);
  }
  if (bpf_object__load(object.get()) != 0) return 1;

  std::vector<std::unique_ptr<bpf_link, Close>> links;
  for (const Hook* hook : chosen) {
    bpf_program* program =
        bpf_object__find_program_by_name(object.get(), std::string(hook->program).c_str());
    bpf_link* link =
        hook->how == How::kKprobe
            ? bpf_program__attach_kprobe(program, false, std::string(hook->symbol).c_str())
            : bpf_program__attach(program);
    if (link == nullptr) {
      std::perror(std::string(hook->symbol).c_str());
      if (hook->need == Need::kMust) return 1;
      continue;
    }
    links.emplace_back(link);
  }

  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  sigprocmask(SIG_BLOCK, &ends, nullptr);
  std::printf("attached %zu empty programs\n", links.size());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("Usage: attach-empty OBJECT up|watched|PROGRAM[,PROGRAM...]\n", stderr);
    return 2;
  }
  return attach(argv[1], argv[2]);
}
