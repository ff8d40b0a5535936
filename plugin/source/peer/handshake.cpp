// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/handshake.h"

#include <sodium.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace wgt::session {
namespace {

constexpr std::size_t kVersionBytes = 2;

Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Whatever is in it must be the same on both ends, or the handshake fails.
ByteVector prologue(std::uint8_t version_min, std::uint8_t version_max) {
  ByteVector out;
  ByteWriter writer(out);
  writer.bytes(bytes_of(std::string_view("wg-trace session\0", 17)));
  writer.number(version_min);
  writer.number(version_max);
  writer.bytes(bytes_of("watch>listen"));
  return out;
}

using Mac = std::array<std::uint8_t, kMacBytes>;

Mac mac_of(Bytes data, const wg::PublicKey& listener) {
  constexpr std::string_view kLabel = "wg-trace session mac";
  std::array<std::uint8_t, 32> key{};
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, key.size());
  crypto_generichash_update(&state, bytes_of(kLabel).data(), kLabel.size());
  crypto_generichash_update(&state, listener.bytes.data(), listener.bytes.size());
  crypto_generichash_final(&state, key.data(), key.size());
  Mac mac{};
  crypto_generichash(mac.data(), mac.size(), data.data(), data.size(), key.data(), key.size());
  return mac;
}

}  // namespace

struct Opening::State {
  State(KeyPair own, KeyPair ephemeral, const wg::PublicKey& listener)
      : self(std::move(own)),
        remote(listener),
        noise(prologue(kVersion, kVersion), self, std::move(ephemeral), listener) {}
  KeyPair self;
  wg::PublicKey remote;
  IkInitiator noise;
};

void Opening::Deleter::operator()(State* state) const { delete state; }

Result<Opening> Opening::write(KeyPair self, KeyPair ephemeral, const wg::PublicKey& listener,
                               ByteVector& out) {
  Opening opening;
  opening.state_.reset(new State(std::move(self), std::move(ephemeral), listener));
  ByteVector bytes{kVersion, kVersion};
  if (!opening.state_->noise.write_first({}, bytes))
    return make_error(Errc::kInvalid, wg::to_base64(listener) + " is nobody's public key");
  const Mac mac = mac_of(bytes, listener);
  ByteWriter(bytes).bytes(mac);
  ByteWriter(out).bytes(bytes);
  return opening;
}

Result<Established> Opening::read_answer(Bytes answer) {
  ByteVector payload;
  if (answer.size() != kAnswerBytes || !state_->noise.read_second(answer, payload))
    return make_error(Errc::kCorrupt, "the answer does not come from the holder of " +
                                          wg::to_base64(state_->remote));
  if (payload[0] != kVersion)
    return make_error(Errc::kCorrupt, "the answer chooses a version that was not offered");
  Established done;
  done.hash = state_->noise.hash();
  done.remote = state_->remote;
  done.version = payload[0];
  state_->noise.split(done.transport.sending(), done.transport.receiving());
  state_.reset();
  return done;
}

bool is_for(Bytes opening, const wg::PublicKey& listener) {
  if (opening.size() != kOpeningBytes) return false;
  const Mac mac = mac_of(opening.first(kOpeningBytes - kMacBytes), listener);
  return sodium_memcmp(mac.data(), opening.last(kMacBytes).data(), kMacBytes) == 0;
}

Result<Answer> answer_opening(Bytes opening, const KeyPair& self, KeyPair ephemeral) {
  if (opening.size() != kOpeningBytes) return make_error(Errc::kCorrupt, "not an opening");
  const std::uint8_t version_min = opening[0];
  const std::uint8_t version_max = opening[1];
  if (version_min > kVersion || version_max < kVersion)
    return make_error(Errc::kVersion, "it speaks versions " + std::to_string(version_min) + " to " +
                                          std::to_string(version_max) +
                                          " of the session protocol, this wg-trace " +
                                          std::to_string(kVersion));
  IkResponder noise(prologue(version_min, version_max), self, std::move(ephemeral));
  ByteVector payload;
  Answer answer;
  if (!noise.read_first(opening.subspan(kVersionBytes, kFirstBytes), payload) ||
      !noise.write_second(ByteVector{kVersion}, answer.bytes))
    return make_error(Errc::kCorrupt, "it did not prove who it is");
  answer.ephemeral = noise.remote_ephemeral();
  answer.established.hash = noise.hash();
  answer.established.remote = noise.remote();
  answer.established.version = kVersion;
  noise.split(answer.established.transport.sending(), answer.established.transport.receiving());
  return answer;
}

PskProof prove_psk(const wg::SecretKey& psk, Role role, const Hash& hash) {
  ByteVector data;
  ByteWriter writer(data);
  writer.bytes(bytes_of("wg-trace psk"));
  writer.number(static_cast<std::uint8_t>(role));
  writer.bytes(hash);
  PskProof proof{};
  crypto_generichash(proof.data(), proof.size(), data.data(), data.size(), psk.data(),
                     wg::SecretKey::kBytes);
  return proof;
}

bool same_proof(const PskProof& a, const PskProof& b) {
  return sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace wgt::session
