// SPDX-License-Identifier: GPL-2.0-only
// Against the published vectors: every byte of both handshake messages, the handshake hash, and
// the messages after it.
#include "plugin/source/peer/noise.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

namespace wgt::session {
namespace {

namespace json = boost::json;

ByteVector unhex(const json::value& value) {
  const std::string text(value.as_string());
  ByteVector out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    out.push_back(static_cast<std::uint8_t>(std::stoul(text.substr(i, 2), nullptr, 16)));
  return out;
}

KeyPair pair_of(const json::value& value) {
  wg::SecretKey secret;
  const ByteVector bytes = unhex(value);
  std::copy(bytes.begin(), bytes.end(), secret.data());
  return key_pair(std::move(secret));
}

json::array vectors() {
  std::ifstream file(WGT_NOISE_VECTORS);
  std::stringstream text;
  text << file.rdbuf();
  return json::parse(text.str()).at("vectors").as_array();
}

void check_vector(const json::object& vector) {
  const KeyPair initiator_static = pair_of(vector.at("init_static"));
  const KeyPair responder_static = pair_of(vector.at("resp_static"));
  ASSERT_EQ(unhex(vector.at("init_remote_static")),
            ByteVector(responder_static.pub.bytes.begin(), responder_static.pub.bytes.end()));
  IkInitiator initiator(unhex(vector.at("init_prologue")), initiator_static,
                        pair_of(vector.at("init_ephemeral")), responder_static.pub);
  IkResponder responder(unhex(vector.at("resp_prologue")), responder_static,
                        pair_of(vector.at("resp_ephemeral")));
  const json::array& messages = vector.at("messages").as_array();
  ASSERT_GT(messages.size(), 2u);

  ByteVector first;
  ByteVector text;
  ASSERT_TRUE(initiator.write_first(unhex(messages[0].at("payload")), first));
  EXPECT_EQ(first, unhex(messages[0].at("ciphertext")));
  ASSERT_TRUE(responder.read_first(first, text));
  EXPECT_EQ(text, unhex(messages[0].at("payload")));
  EXPECT_EQ(responder.remote(), initiator_static.pub);

  ByteVector second;
  text.clear();
  ASSERT_TRUE(responder.write_second(unhex(messages[1].at("payload")), second));
  EXPECT_EQ(second, unhex(messages[1].at("ciphertext")));
  ASSERT_TRUE(initiator.read_second(second, text));
  EXPECT_EQ(text, unhex(messages[1].at("payload")));

  const ByteVector hash = unhex(vector.at("handshake_hash"));
  EXPECT_EQ(ByteVector(initiator.hash().begin(), initiator.hash().end()), hash);
  EXPECT_EQ(ByteVector(responder.hash().begin(), responder.hash().end()), hash);

  CipherState keys[4];
  initiator.split(keys[0], keys[1]);
  responder.split(keys[2], keys[3]);
  for (std::size_t i = 2; i < messages.size(); i++) {
    CipherState& from = i % 2 == 0 ? keys[0] : keys[2];
    CipherState& to = i % 2 == 0 ? keys[3] : keys[1];
    ByteVector sealed;
    text.clear();
    from.encrypt({}, unhex(messages[i].at("payload")), sealed);
    EXPECT_EQ(sealed, unhex(messages[i].at("ciphertext")));
    ASSERT_TRUE(to.decrypt({}, sealed, text));
    EXPECT_EQ(text, unhex(messages[i].at("payload")));
  }
}

TEST(Noise, MatchesThePublishedVectors) {
  const json::array all = vectors();
  ASSERT_FALSE(all.empty());
  for (const json::value& vector : all) check_vector(vector.as_object());
}

TEST(Noise, RefusesALowOrderPoint) {
  const KeyPair self = random_key_pair();
  ByteVector out;
  IkInitiator initiator({}, self, random_key_pair(), wg::PublicKey{});
  EXPECT_FALSE(initiator.write_first({}, out));
}

TEST(Noise, RekeyMakesTheOldKeyUseless) {
  constexpr std::uint8_t kKey[32] = {1};
  CipherState sender;
  CipherState old;
  CipherState receiver;
  for (CipherState* state : {&sender, &old, &receiver}) state->key(kKey);
  sender.rekey();
  receiver.rekey();
  ByteVector sealed;
  ByteVector text;
  sender.encrypt({}, ByteVector{'h', 'i'}, sealed);
  EXPECT_FALSE(old.decrypt({}, sealed, text));
  ASSERT_TRUE(receiver.decrypt({}, sealed, text));
  EXPECT_EQ(text, (ByteVector{'h', 'i'}));
}

}  // namespace
}  // namespace wgt::session
