// SPDX-License-Identifier: GPL-2.0-only
// The BPF object and C++ agree on every struct they share: the object's own BTF, as clang wrote
// it, against sizeof and offsetof here. And every row of hooks.def has its program. No root.
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <set>
#include <string>

#include "bpf/abi/handshake.h"
#include "bpf/abi/state.h"
#include "plugin/source/kernel/hook_table.h"

extern "C" {
extern const char wgt_bpf_object_begin[];
extern const char wgt_bpf_object_end[];
}

namespace wgt {
namespace {

class BpfObject : public testing::Test {
 protected:
  void SetUp() override {
    libbpf_set_print([](libbpf_print_level, const char*, va_list) { return 0; });
    object_.reset(bpf_object__open_mem(
        wgt_bpf_object_begin, static_cast<std::size_t>(wgt_bpf_object_end - wgt_bpf_object_begin),
        nullptr));
    ASSERT_NE(object_, nullptr);
    btf_ = bpf_object__btf(object_.get());
    ASSERT_NE(btf_, nullptr);
  }

  const btf_type* type(const char* name) const {
    const int id = btf__find_by_name_kind(btf_, name, BTF_KIND_STRUCT);
    return id < 0 ? nullptr : btf__type_by_id(btf_, static_cast<std::uint32_t>(id));
  }

  // Byte offset of a field; -1 when there is none.
  long offset(const char* name, const std::string& field) const {
    const btf_type* t = type(name);
    if (t == nullptr) return -1;
    const auto* member = btf_members(t);
    for (int i = 0; i < btf_vlen(t); i++)
      if (field == btf__name_by_offset(btf_, member[i].name_off))
        return static_cast<long>(btf_member_bit_offset(t, static_cast<std::uint32_t>(i)) / 8);
    return -1;
  }

  struct Close {
    void operator()(bpf_object* object) const { bpf_object__close(object); }
  };
  std::unique_ptr<bpf_object, Close> object_;
  const btf* btf_ = nullptr;
};

#define EXPECT_SAME_SIZE(name)                  \
  do {                                          \
    ASSERT_NE(type(#name), nullptr);            \
    EXPECT_EQ(type(#name)->size, sizeof(name)); \
  } while (false)
#define EXPECT_SAME_PLACE(name, field) \
  EXPECT_EQ(offset(#name, #field), static_cast<long>(offsetof(name, field))) << #name "." #field

TEST_F(BpfObject, SharesTheSizesOfAllStructs) {
  EXPECT_SAME_SIZE(wgt_device_key);
  EXPECT_SAME_SIZE(wgt_tuple);
  EXPECT_SAME_SIZE(wgt_record);
  EXPECT_SAME_SIZE(wgt_config);
  EXPECT_SAME_SIZE(wgt_device);
  EXPECT_SAME_SIZE(wgt_constants);
  EXPECT_SAME_SIZE(wgt_consumer);
  EXPECT_SAME_SIZE(wgt_drop_key);
  EXPECT_SAME_SIZE(wgt_drop_count);
  EXPECT_SAME_SIZE(wgt_peer_totals);
  EXPECT_SAME_SIZE(wgt_session_key);
  EXPECT_SAME_SIZE(wgt_session);
  EXPECT_SAME_SIZE(wgt_peer_key);
  EXPECT_SAME_SIZE(wgt_handshake);
  EXPECT_SAME_SIZE(wgt_endpoint_change);
  EXPECT_SAME_SIZE(wgt_begun_session);
  EXPECT_SAME_SIZE(wgt_unknown_sender_key);
  EXPECT_SAME_SIZE(wgt_unknown_sender);
  EXPECT_SAME_SIZE(wgt_peer_now);
}

TEST_F(BpfObject, SharesThePlacesOfTheRecordsFields) {
  EXPECT_SAME_PLACE(wgt_record, abi);
  EXPECT_SAME_PLACE(wgt_record, kind);
  EXPECT_SAME_PLACE(wgt_record, verdict);
  EXPECT_SAME_PLACE(wgt_record, flags);
  EXPECT_SAME_PLACE(wgt_record, receiver_index);
  EXPECT_SAME_PLACE(wgt_record, gso_segment);
  EXPECT_SAME_PLACE(wgt_record, gso_segments);
  EXPECT_SAME_PLACE(wgt_record, counter);
  EXPECT_SAME_PLACE(wgt_record, device);
  EXPECT_SAME_PLACE(wgt_record, hop_ns);
  EXPECT_SAME_PLACE(wgt_record, inner);
  EXPECT_SAME_PLACE(wgt_record, outer);
  EXPECT_SAME_PLACE(wgt_record, peer);
  EXPECT_SAME_PLACE(wgt_record, drop_reason);
  EXPECT_SAME_PLACE(wgt_record, error);
  EXPECT_SAME_PLACE(wgt_record, drop_location);
}

TEST_F(BpfObject, SharesThePlacesOfATuplesFields) {
  EXPECT_SAME_PLACE(wgt_tuple, src);
  EXPECT_SAME_PLACE(wgt_tuple, dst);
  EXPECT_SAME_PLACE(wgt_tuple, src_port);
  EXPECT_SAME_PLACE(wgt_tuple, dst_port);
  EXPECT_SAME_PLACE(wgt_tuple, version);
  EXPECT_SAME_PLACE(wgt_tuple, proto);
  EXPECT_SAME_PLACE(wgt_tuple, id);
  EXPECT_SAME_PLACE(wgt_tuple, len);
  EXPECT_SAME_PLACE(wgt_tuple, seq);
  EXPECT_SAME_PLACE(wgt_tuple, tcp_flags);
  EXPECT_SAME_PLACE(wgt_tuple, ttl);
  EXPECT_SAME_PLACE(wgt_tuple, tos);
}

TEST_F(BpfObject, HasAProgramForEachHookAndNoOther) {
  std::set<std::string> rows;
  for (const kernel::Hook& hook : kernel::hooks()) {
    EXPECT_LE(hook.program.size(), 15U) << hook.program;  // the kernel cuts longer names
    EXPECT_TRUE(rows.insert(std::string(hook.program)).second) << hook.program << " twice";
    EXPECT_FALSE(hook.tells.empty());
  }
  std::set<std::string> programs;
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object_.get()) programs.insert(bpf_program__name(program));
  EXPECT_EQ(rows, programs);
}

// wgt_links keeps one id a hook.
TEST_F(BpfObject, HasRoomForTheLinksOfAllHooks) {
  const bpf_map* links = bpf_object__find_map_by_name(object_.get(), "wgt_links");
  ASSERT_NE(links, nullptr);
  EXPECT_GE(bpf_map__max_entries(links), kernel::hooks().size());
}

}  // namespace
}  // namespace wgt
