// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/kernel/bpf_object.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

#include "bpf/abi/state.h"
#include "plugin/source/kernel/attach_targets.h"
#include "plugin/source/kernel/function_places.h"
#include "plugin/source/kernel/kernel_constants.h"

extern "C" {
extern const char wgt_bpf_object_begin[];
extern const char wgt_bpf_object_end[];
}

namespace wgt::kernel {

namespace {

// libbpf's last complaint, so that an error can say what the kernel said. All of
// them, with the verifier's log, go to stderr if WG_TRACE_LIBBPF_LOG is set.
std::string last_complaint;

[[gnu::format(printf, 2, 0)]] int remember(libbpf_print_level level, const char* format,
                                           va_list args) {
  if (level != LIBBPF_WARN) return 0;
  if (std::getenv("WG_TRACE_LIBBPF_LOG") != nullptr) return std::vfprintf(stderr, format, args);
  char text[512];
  const int n = std::vsnprintf(text, sizeof(text), format, args);
  if (n <= 0) return 0;
  last_complaint.assign(text, std::min(static_cast<std::size_t>(n), sizeof(text) - 1));
  while (!last_complaint.empty() && last_complaint.back() == '\n') last_complaint.pop_back();
  return 0;
}

// The errno and libbpf's own words for it.
Error libbpf_error(std::string_view action, std::string_view object) {
  Error error = errno_error(action, object);
  if (!last_complaint.empty()) error.text += " (" + last_complaint + ")";
  return error;
}

Result<void> set_constants(bpf_object* object, const FunctionPlaces& functions) {
  const wgt_constants constants = constants_of(functions);
  bpf_map* map = nullptr;
  bpf_object__for_each_map(map, object) {
    if (std::strstr(bpf_map__name(map), ".rodata") == nullptr) continue;
    if (bpf_map__set_initial_value(map, &constants, sizeof(constants)) != 0)
      return errno_error("set the constants of", "the BPF object");
    return {};
  }
  return make_error(Errc::kCorrupt, "BPF object: no .rodata");
}

// --- attach targets are given to libbpf while it loads (attach_targets.h)

using TargetsByProgram = std::map<std::string_view, AttachTarget>;
const TargetsByProgram* loading = nullptr;

int give_target(bpf_program* program, bpf_prog_load_opts* options, long /*cookie*/) {
  const auto target = loading->find(bpf_program__name(program));
  if (target == loading->end()) return -ENOENT;
  options->attach_btf_id = target->second.id;
  options->attach_btf_obj_fd = static_cast<__u32>(target->second.btf_fd);
  return 0;
}

// Once, because programs keep a pointer to what is registered.
bool register_sections() {
  LIBBPF_OPTS(libbpf_prog_handler_opts, options, .prog_prepare_load_fn = give_target);
  return libbpf_register_prog_handler("fentry", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY,
                                      &options) >= 0 &&
         libbpf_register_prog_handler("fexit", BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, &options) >=
             0 &&
         libbpf_register_prog_handler("tp_btf", BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP,
                                      &options) >= 0;
}

}  // namespace

// On 6.1 an fentry target is looked up by name in the kernel and every module,
// first match wins (verifier.c, kallsyms_lookup_name): a name that occurs twice
// could attach us to somebody else's function.
std::string why_absent(const Hook& hook, const FunctionPlaces& functions) {
  if (hook.how == How::kTpBtf) return {};
  const unsigned count = functions.count(hook.symbol);
  if (count == 0) return "this kernel has no function " + std::string(hook.symbol);
  if (count > 1) return std::to_string(count) + " functions are called " + std::string(hook.symbol);
  return {};
}

void LinkDeleter::operator()(bpf_link* link) const { bpf_link__destroy(link); }
void BpfObject::Deleter::operator()(bpf_object* object) const { bpf_object__close(object); }

BpfObject::BpfObject() = default;
BpfObject::BpfObject(BpfObject&&) noexcept = default;
BpfObject& BpfObject::operator=(BpfObject&&) noexcept = default;
BpfObject::~BpfObject() = default;

Result<BpfObject> BpfObject::load(When set, const PinDirectory& pins) {
  libbpf_set_print(remember);
  static const bool registered = register_sections();
  if (!registered) return libbpf_error("register the sections of", "the BPF object");
  WGT_TRY(const FunctionPlaces* const functions, FunctionPlaces::get());
  WGT_TRY(const AttachTargets targets, AttachTargets::find(hooks()));
  TargetsByProgram by_program;

  BpfObject self;
  LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "wg_trace");
  self.object_.reset(bpf_object__open_mem(
      wgt_bpf_object_begin, static_cast<std::size_t>(wgt_bpf_object_end - wgt_bpf_object_begin),
      &options));
  if (!self.object_) return libbpf_error("open", "the embedded BPF object");
  WGT_TRY_VOID(set_constants(self.object_.get(), *functions));

  for (const Hook& hook : hooks()) {
    bpf_program* program =
        bpf_object__find_program_by_name(self.object_.get(), std::string(hook.program).c_str());
    if (program == nullptr)
      return make_error(Errc::kCorrupt, "BPF object: no program " + std::string(hook.program));
    bpf_program__set_autoload(program, false);
    if (hook.when != set) continue;
    std::string why = why_absent(hook, *functions);
    if (why.empty() && hook.how != How::kKprobe) {
      if (const auto target = targets.of(hook))
        by_program.emplace(hook.program, *target);
      else
        why = std::string(hook.symbol) + " is not in this kernel's BTF";
    }
    if (why.empty()) {
      bpf_program__set_autoload(program, true);
    } else if (hook.need == Need::kMust) {
      return make_error(Errc::kUnsupported, "attach to " + std::string(hook.symbol) + ": " + why);
    } else {
      self.absent_.push_back({&hook, false, why});
    }
  }

  bpf_map* map = nullptr;
  bpf_object__for_each_map(map, self.object_.get()) {
    if (bpf_map__is_internal(map)) continue;
    if (bpf_map__set_pin_path(map, pins.map(bpf_map__name(map)).c_str()) != 0)
      return errno_error("set the pin path of", bpf_map__name(map));
  }
  loading = &by_program;
  const int loaded = bpf_object__load(self.object_.get());
  loading = nullptr;
  if (loaded != 0) return libbpf_error("load", "the BPF programs");
  return self;
}

Link BpfObject::attach(const Hook& hook, Attached& result) {
  result = Attached{&hook, false, {}};
  for (const Attached& left_out : absent_) {
    if (left_out.hook != &hook) continue;
    result = left_out;
    return nullptr;
  }
  bpf_program* program =
      bpf_object__find_program_by_name(object_.get(), std::string(hook.program).c_str());
  const std::string symbol(hook.symbol);
  Link link(hook.how == How::kKprobe ? bpf_program__attach_kprobe(program, false, symbol.c_str())
                                     : bpf_program__attach_trace(program));
  if (!link) {
    result.why = libbpf_error("attach to", symbol).text;
    return nullptr;
  }
  result.ok = true;
  return link;
}

}  // namespace wgt::kernel
