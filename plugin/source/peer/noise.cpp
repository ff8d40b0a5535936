// SPDX-License-Identifier: GPL-2.0-only
#include "plugin/source/peer/noise.h"

#include <sodium.h>

#include <algorithm>
#include <string_view>

namespace wgt::session {
namespace {

constexpr std::string_view kProtocol = "Noise_IK_25519_ChaChaPoly_BLAKE2b";
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kBlockBytes = 128;  // BLAKE2b's, for HMAC
static_assert(kProtocol.size() <= kHashBytes, "the name itself is the first hash");

Hash hash_of(Bytes first, Bytes second) {
  Hash out;
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, out.size());
  crypto_generichash_update(&state, first.data(), first.size());
  crypto_generichash_update(&state, second.data(), second.size());
  crypto_generichash_final(&state, out.data(), out.size());
  sodium_memzero(&state, sizeof state);
  return out;
}

// HMAC (RFC 2104) with BLAKE2b-512. BLAKE2b's own keyed mode is something else.
void hmac(const HashSecret& key, Bytes first, Bytes second, HashSecret& out) {
  wg::Secret<kBlockBytes> pad;
  const auto pad_with = [&](std::uint8_t fill) {
    std::fill_n(pad.data(), kBlockBytes, fill);
    for (std::size_t i = 0; i < kHashBytes; i++) pad.data()[i] ^= key.data()[i];
  };
  crypto_generichash_state state;
  pad_with(0x36);
  crypto_generichash_init(&state, nullptr, 0, kHashBytes);
  crypto_generichash_update(&state, pad.data(), kBlockBytes);
  crypto_generichash_update(&state, first.data(), first.size());
  crypto_generichash_update(&state, second.data(), second.size());
  HashSecret inner;
  crypto_generichash_final(&state, inner.data(), kHashBytes);
  pad_with(0x5c);
  crypto_generichash_init(&state, nullptr, 0, kHashBytes);
  crypto_generichash_update(&state, pad.data(), kBlockBytes);
  crypto_generichash_update(&state, inner.data(), kHashBytes);
  crypto_generichash_final(&state, out.data(), kHashBytes);
  sodium_memzero(&state, sizeof state);
}

// HKDF with two outputs, as Noise defines it.
void hkdf(const HashSecret& chaining_key, Bytes input, HashSecret& first, HashSecret& second) {
  constexpr std::array<std::uint8_t, 1> kOne{1};
  constexpr std::array<std::uint8_t, 1> kTwo{2};
  HashSecret temporary;
  hmac(chaining_key, input, {}, temporary);
  hmac(temporary, kOne, {}, first);
  hmac(temporary, first.bytes(), kTwo, second);
}

std::array<std::uint8_t, crypto_aead_chacha20poly1305_ietf_NPUBBYTES> nonce_of(
    std::uint64_t number) {
  std::array<std::uint8_t, crypto_aead_chacha20poly1305_ietf_NPUBBYTES> nonce{};
  boost::endian::native_to_little_inplace(number);
  std::memcpy(nonce.data() + 4, &number, sizeof number);
  return nonce;
}

}  // namespace

KeyPair key_pair(wg::SecretKey secret) {
  KeyPair pair{std::move(secret), {}};
  // Its only failure is a zero result, which no clamped secret gives on the base point.
  (void)crypto_scalarmult_curve25519_base(pair.pub.bytes.data(), pair.secret.data());
  return pair;
}

KeyPair random_key_pair() {
  wg::SecretKey secret;
  randombytes_buf(secret.data(), wg::SecretKey::kBytes);
  return key_pair(std::move(secret));
}

void CipherState::key(const std::uint8_t* bytes) {
  std::memcpy(key_.data(), bytes, kKeyBytes);
  number_ = 0;
  has_key_ = true;
}

void CipherState::seal(std::uint64_t number, Bytes ad, Bytes plain, std::uint8_t* out) const {
  const auto nonce = nonce_of(number);
  crypto_aead_chacha20poly1305_ietf_encrypt(out, nullptr, plain.data(), plain.size(), ad.data(),
                                            ad.size(), nullptr, nonce.data(), key_.data());
}

void CipherState::encrypt(Bytes ad, Bytes plain, ByteVector& out) {
  if (!has_key_) {
    out.insert(out.end(), plain.begin(), plain.end());
    return;
  }
  const std::size_t at = out.size();
  out.resize(at + plain.size() + kTagBytes);
  seal(number_++, ad, plain, out.data() + at);
}

bool CipherState::decrypt(Bytes ad, Bytes sealed, ByteVector& out) {
  if (!has_key_) {
    out.insert(out.end(), sealed.begin(), sealed.end());
    return true;
  }
  if (sealed.size() < kTagBytes) return false;
  const std::size_t at = out.size();
  // One byte more: data() must point somewhere when the text is empty.
  out.resize(at + sealed.size() - kTagBytes + 1);
  const auto nonce = nonce_of(number_);
  const bool good = crypto_aead_chacha20poly1305_ietf_decrypt(
                        out.data() + at, nullptr, nullptr, sealed.data(), sealed.size(), ad.data(),
                        ad.size(), nonce.data(), key_.data()) == 0;
  out.resize(good ? out.size() - 1 : at);
  number_ += good ? 1 : 0;
  return good;
}

void CipherState::rekey() {
  constexpr std::array<std::uint8_t, kKeyBytes> kZeroes{};
  wg::Secret<kKeyBytes + kTagBytes> sealed;
  seal(UINT64_MAX, {}, kZeroes, sealed.data());
  std::memcpy(key_.data(), sealed.data(), kKeyBytes);
}

SymmetricState::SymmetricState(Bytes prologue) : hash_{} {
  std::copy(kProtocol.begin(), kProtocol.end(), hash_.begin());
  std::copy(hash_.begin(), hash_.end(), chaining_key_.data());
  mix_hash(prologue);
}

void SymmetricState::mix_hash(Bytes data) { hash_ = hash_of(hash_, data); }

bool SymmetricState::mix_dh(const wg::SecretKey& secret, const wg::PublicKey& pub) {
  wg::SecretKey shared;
  if (crypto_scalarmult_curve25519(shared.data(), secret.data(), pub.bytes.data()) != 0)
    return false;
  HashSecret next;
  HashSecret key;
  hkdf(chaining_key_, shared.bytes(), next, key);
  chaining_key_ = std::move(next);
  cipher_.key(key.data());  // the first half of 64 bytes
  return true;
}

void SymmetricState::encrypt_and_hash(Bytes plain, ByteVector& out) {
  const std::size_t at = out.size();
  cipher_.encrypt(hash_, plain, out);
  mix_hash(Bytes(out).subspan(at));
}

bool SymmetricState::decrypt_and_hash(Bytes sealed, ByteVector& out) {
  if (!cipher_.decrypt(hash_, sealed, out)) return false;
  mix_hash(sealed);
  return true;
}

void SymmetricState::split(CipherState& first, CipherState& second) const {
  HashSecret one;
  HashSecret two;
  hkdf(chaining_key_, {}, one, two);
  first.key(one.data());
  second.key(two.data());
}

IkInitiator::IkInitiator(Bytes prologue, const KeyPair& self, KeyPair ephemeral,
                         const wg::PublicKey& remote)
    : state_(prologue), self_(self), ephemeral_(std::move(ephemeral)), remote_(remote) {
  state_.mix_hash(remote.bytes);
}

// e, es, s, ss
bool IkInitiator::write_first(Bytes payload, ByteVector& out) {
  out.insert(out.end(), ephemeral_.pub.bytes.begin(), ephemeral_.pub.bytes.end());
  state_.mix_hash(ephemeral_.pub.bytes);
  if (!state_.mix_dh(ephemeral_.secret, remote_)) return false;
  state_.encrypt_and_hash(self_.pub.bytes, out);
  if (!state_.mix_dh(self_.secret, remote_)) return false;
  state_.encrypt_and_hash(payload, out);
  return true;
}

// e, ee, se
bool IkInitiator::read_second(Bytes message, ByteVector& payload) {
  if (message.size() < kSecondBytes) return false;
  wg::PublicKey ephemeral;
  std::copy_n(message.begin(), kKeyBytes, ephemeral.bytes.begin());
  state_.mix_hash(ephemeral.bytes);
  return state_.mix_dh(ephemeral_.secret, ephemeral) && state_.mix_dh(self_.secret, ephemeral) &&
         state_.decrypt_and_hash(message.subspan(kKeyBytes), payload);
}

IkResponder::IkResponder(Bytes prologue, const KeyPair& self, KeyPair ephemeral)
    : state_(prologue), self_(self), ephemeral_(std::move(ephemeral)) {
  state_.mix_hash(self.pub.bytes);
}

bool IkResponder::read_first(Bytes message, ByteVector& payload) {
  if (message.size() < kFirstBytes) return false;
  std::copy_n(message.begin(), kKeyBytes, remote_ephemeral_.bytes.begin());
  state_.mix_hash(remote_ephemeral_.bytes);
  if (!state_.mix_dh(self_.secret, remote_ephemeral_)) return false;
  ByteVector remote;
  constexpr std::size_t kStaticBytes = kKeyBytes + kTagBytes;
  if (!state_.decrypt_and_hash(message.subspan(kKeyBytes, kStaticBytes), remote)) return false;
  std::copy_n(remote.begin(), kKeyBytes, remote_.bytes.begin());
  return state_.mix_dh(self_.secret, remote_) &&
         state_.decrypt_and_hash(message.subspan(kKeyBytes + kStaticBytes), payload);
}

bool IkResponder::write_second(Bytes payload, ByteVector& out) {
  out.insert(out.end(), ephemeral_.pub.bytes.begin(), ephemeral_.pub.bytes.end());
  state_.mix_hash(ephemeral_.pub.bytes);
  if (!state_.mix_dh(ephemeral_.secret, remote_ephemeral_) ||
      !state_.mix_dh(ephemeral_.secret, remote_))
    return false;
  state_.encrypt_and_hash(payload, out);
  return true;
}

}  // namespace wgt::session
