// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/recording/payload.h"

#include <gtest/gtest.h>

#include "plugin/source/recording/json_fields.h"
#include "tests/plugin/source/recording/sample.h"

namespace wgt::recording {
namespace {

TEST(Payload, HostComesBackWithEverythingInIt) {
  const event::HostInfo in = test::sample_host();
  const auto out = host_from_json(host_to_json(in));
  ASSERT_TRUE(out) << out.error().text;
  EXPECT_EQ(out->hostname, in.hostname);
  EXPECT_EQ(out->kernel, in.kernel);
  EXPECT_EQ(out->boot_id, in.boot_id);
  EXPECT_EQ(out->wall_minus_mono_ns, in.wall_minus_mono_ns);
  EXPECT_EQ(out->watch_started_mono_ns, in.watch_started_mono_ns);
  EXPECT_EQ(out->filter, in.filter);
  EXPECT_EQ(out->drop_reasons, in.drop_reasons);
  EXPECT_EQ(out->functions, in.functions);
  EXPECT_EQ(out->stacks, in.stacks);
  ASSERT_EQ(out->devices.size(), in.devices.size());
  for (std::size_t i = 0; i < in.devices.size(); ++i) {
    EXPECT_EQ(out->devices[i].key.netns, in.devices[i].key.netns);
    EXPECT_EQ(out->devices[i].key.ifindex, in.devices[i].key.ifindex);
    EXPECT_EQ(out->devices[i].netns, in.devices[i].netns);
    EXPECT_EQ(out->devices[i].name, in.devices[i].name);
    EXPECT_EQ(out->devices[i].public_key, in.devices[i].public_key);
  }
}

TEST(Payload, SaysWhenADeviceWasTracedOnlyWhereThatIsNotAsLongAsTheRecording) {
  event::HostInfo in = test::sample_host();
  in.devices[0].traced_since_mono_ns = in.watch_started_mono_ns;
  EXPECT_EQ(host_to_json(in).find("traced_"), std::string::npos);
  in.devices[0].traced_since_mono_ns = in.watch_started_mono_ns + 1;
  in.devices[0].traced_until_mono_ns = in.watch_started_mono_ns + 2;
  const auto out = host_from_json(host_to_json(in));
  ASSERT_TRUE(out) << out.error().text;
  EXPECT_EQ(out->devices[0].traced_since_mono_ns, in.watch_started_mono_ns + 1);
  EXPECT_EQ(out->devices[0].traced_until_mono_ns, in.watch_started_mono_ns + 2);
  EXPECT_EQ(out->devices[1].traced_until_mono_ns, 0U);
}

TEST(Payload, NamesAreBounded) {
  event::HostInfo in;
  in.hostname = in.kernel = std::string(900'000, 'h');
  in.functions[1] = in.drop_reasons[2] = in.hostname;
  in.stacks[3] = in.filter = in.hostname;
  in.devices.push_back({.key = {}, .netns = in.hostname, .name = in.hostname, .public_key = {}});
  const auto out = host_from_json(host_to_json(in));
  ASSERT_TRUE(out);
  for (const std::string& name :
       {out->hostname, out->kernel, out->functions.at(1), out->drop_reasons.at(2),
        *out->devices[0].netns, out->devices[0].name})
    EXPECT_EQ(name, std::string(kMaxNameBytes, 'h') + "…");
  for (const std::string& text : {out->stacks.at(3), out->filter})
    EXPECT_EQ(text, std::string(kMaxTextBytes, 'h') + "…");
  const auto lost = lost_from_json(lost_to_json({.mono_ns = 1, .by_cause = {{in.hostname, 5}}}));
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->by_cause,
            (std::map<std::string, std::uint64_t>{{std::string(kMaxNameBytes, 'h') + "…", 5}}));
}

TEST(Payload, FieldsOfALaterVersionAreIgnored) {
  const auto host = host_from_json(R"({"hostname":"a","moon_phase":[1,{"x":null}]})");
  ASSERT_TRUE(host);
  EXPECT_EQ(host->hostname, "a");
}

TEST(Payload, NamesTheFieldThatIsWrong) {
  for (const char* text :
       {R"({"hostname":5})", R"({"wall_minus_mono_ns":"1"})", R"({"wall_minus_mono_ns":1e30})",
        R"({"wall_minus_mono_ns":9223372036854775807})",
        R"({"watch_started_mono_ns":18446744073709551615})", R"({"watch_started_mono_ns":-1})",
        R"({"devices":{}})", R"({"devices":[1]})", R"({"devices":[{"ifindex":4294967296}]})",
        R"({"drop_reasons":{"x":"y"}})", R"({"drop_reasons":{"99999999999":"y"}})",
        R"({"functions":{"1":2}})"}) {
    const auto host = host_from_json(text);
    ASSERT_FALSE(host) << text;
    EXPECT_EQ(host.error().code, Errc::kCorrupt);
    EXPECT_NE(host.error().text.find("field \""), std::string::npos) << host.error().text;
  }
}

TEST(Payload, RefusesWhatIsNoJsonObject) {
  const std::string deep(100'000, '[');
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), std::string("1"), deep,
        std::string("{\"devices\":[{\"public_key\":\"abc\"}]}")})
    EXPECT_FALSE(host_from_json(text));
  EXPECT_FALSE(lost_from_json(R"({"lost":{"ring":-1}})"));
  EXPECT_FALSE(end_from_json(R"({"records":1.5})"));
}

}  // namespace
}  // namespace wgt::recording
