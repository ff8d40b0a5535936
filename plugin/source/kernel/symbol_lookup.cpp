// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/symbol_lookup.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cstring>
#include <memory>

#include "bpf/abi/symbols.h"

extern "C" {
extern const char wgt_symbols_object_begin[];
extern const char wgt_symbols_object_end[];
}

namespace wgt::kernel {
namespace {

struct Closer {
  void operator()(bpf_object* object) const { bpf_object__close(object); }
};

Error lookup_error(std::string_view action) { return errno_error(action, "the symbols program"); }

}  // namespace

Result<std::vector<FoundSymbol>> look_up_symbols(const std::vector<std::string_view>& names) {
  const std::unique_ptr<bpf_object, Closer> object(bpf_object__open_mem(
      wgt_symbols_object_begin,
      static_cast<std::size_t>(wgt_symbols_object_end - wgt_symbols_object_begin), nullptr));
  if (!object) return lookup_error("open");
  if (bpf_object__load(object.get()) != 0) return lookup_error("load");
  const int map = bpf_object__find_map_fd_by_name(object.get(), "wgt_symbols");
  const bpf_program* program = bpf_object__find_program_by_name(object.get(), "wgt_look_up");
  if (map < 0 || program == nullptr || names.size() > WGT_MAX_SYMBOLS)
    return make_error(Errc::kCorrupt, "the symbols program has another shape");

  for (std::uint32_t i = 0; i < names.size(); i++) {
    wgt_symbol asked{};
    if (names[i].size() >= sizeof(asked.name)) continue;
    std::memcpy(asked.name, names[i].data(), names[i].size());
    if (bpf_map_update_elem(map, &i, &asked, BPF_ANY) != 0) return lookup_error("ask");
  }
  LIBBPF_OPTS(bpf_test_run_opts, options);
  if (bpf_prog_test_run_opts(bpf_program__fd(program), &options) != 0) return lookup_error("run");
  std::vector<FoundSymbol> all;
  for (std::uint32_t i = 0; i < names.size(); i++) {
    wgt_symbol answer{};
    if (bpf_map_lookup_elem(map, &i, &answer) != 0) return lookup_error("read");
    answer.place[sizeof(answer.place) - 1] = '\0';
    all.push_back({names[i], answer.address, answer.place, static_cast<int>(-answer.error)});
  }
  return all;
}

}  // namespace wgt::kernel
