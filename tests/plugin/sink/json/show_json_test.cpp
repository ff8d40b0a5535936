// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/sink/json/show_json.h"

#include <gtest/gtest.h>

#include "tests/plugin/sink/show_scene.h"

namespace wgt::sink {
namespace {

namespace json = boost::json;

TEST(ShowJson, HasTheFieldsOfTheContract) {
  const json::object object = to_json(test::shown_interface());
  const json::value expected = json::parse(R"({
    "schema":1, "kind":"interface", "interface":"wg0", "netns":"red",
    "public_key":"xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=",
    "listen_port":51820, "fwmark":51820, "traced_since":"2026-11-21T12:01:08.000000000Z",
    "drops":[
      {"verdict":"tx.no_peer", "reason":null, "count":12, "last":"2026-11-21T12:03:08.000000000Z",
       "inner":{"version":4, "proto":"tcp", "src":"10.0.0.1", "src_port":43922,
                "dst":"10.77.0.1", "dst_port":443, "len":84}, "outer":null},
      {"verdict":"rx.unknown_index", "reason":null, "count":1,
       "last":"2026-11-21T12:01:10.000000000Z", "inner":null, "outer":null}],
    "drops_of_removed_peers":[], "lost":{"drops":0, "tx_table":2},
    "peers":[{
      "public_key":"hK7gZ1n0vQ3c9T2mWb5yXo8Lr4sDfJpE6uNiAaVtBkM=",
      "endpoint":"198.51.100.1:51821", "allowed_ips":["10.0.0.2/32", "fd00::2/128"],
      "latest_handshake":1795262550, "rx_bytes":1240, "tx_bytes":148, "persistent_keepalive":25,
      "drops":[
        {"verdict":"outer_out", "reason":"NETFILTER_DROP", "count":3,
         "last":"2026-11-21T12:03:09.000000000Z", "inner":null,
         "outer":{"src":"192.0.2.1", "src_port":51820, "dst":"198.51.100.1", "dst_port":51821,
                  "len":84}},
        {"verdict":"rx.replay", "reason":null, "count":117, "last":null, "inner":null,
         "outer":null}],
      "round_trip_ns":{"handshake":39100000, "session":1200000},
      "latency_ns":{"tx":{"p50":12288, "p99":98765, "samples":1234},
                    "rx":{"p50":8192, "p99":1310720, "samples":1}},
      "sessions":[
        {"place":"current", "local_index":181168754, "remote_index":1, "age_s":41, "sent":142,
         "received":137, "initiator":true},
        {"place":"previous", "local_index":305419896, "remote_index":2427178479, "age_s":161,
         "sent":9, "received":0, "initiator":false}]}]})");
  EXPECT_EQ(json::parse(json::serialize(object)), expected) << json::serialize(object);
}

TEST(ShowJson, IsNullWhereNothingIsKnown) {
  explain::InterfaceView interface;
  interface.peers = {{.peer = {.public_key = test::kKeyB}}};
  const json::object object = to_json(interface);
  EXPECT_TRUE(object.at("netns").is_null());
  EXPECT_TRUE(object.at("public_key").is_null());
  const json::object& peer = object.at("peers").as_array().at(0).as_object();
  EXPECT_TRUE(peer.at("endpoint").is_null());
  EXPECT_TRUE(peer.at("latency_ns").as_object().at("tx").as_object().at("p50").is_null());
}

}  // namespace
}  // namespace wgt::sink
