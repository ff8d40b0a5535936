// SPDX-License-Identifier: GPL-2.0-only
// Noise_IK_25519_ChaChaPoly_BLAKE2b (The Noise Protocol Framework, revision 34), out of libsodium's
// primitives. Names are the specification's. Pure: randomness comes in with the ephemeral key.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "wgtools/base/bytes.h"
#include "wgtools/wg/key.h"
#include "wgtools/wg/secret.h"

namespace wgt::session {

inline constexpr std::size_t kTagBytes = 16;
inline constexpr std::size_t kHashBytes = 64;
using Hash = std::array<std::uint8_t, kHashBytes>;
using HashSecret = wg::Secret<kHashBytes>;

// A private key and its public one.
struct KeyPair {
  wg::SecretKey secret;
  wg::PublicKey pub;
};
KeyPair key_pair(wg::SecretKey secret);
KeyPair random_key_pair();

// One direction's key and the number of its next message. Unkeyed until key() was called.
class CipherState {
 public:
  void key(const std::uint8_t* bytes);  // 32; numbers begin at 0
  bool has_key() const { return has_key_; }

  // Appends the ciphertext, kTagBytes longer, to `out`. Without a key: the text as it is.
  void encrypt(Bytes ad, Bytes plain, ByteVector& out);
  // Appends the text to `out`; false, and nothing else changed, if it is not what was encrypted.
  [[nodiscard]] bool decrypt(Bytes ad, Bytes sealed, ByteVector& out);
  void rekey();
  std::uint64_t number() const { return number_; }

 private:
  void seal(std::uint64_t number, Bytes ad, Bytes plain, std::uint8_t* out) const;

  wg::SecretKey key_;
  std::uint64_t number_ = 0;
  bool has_key_ = false;
};

class SymmetricState {
 public:
  explicit SymmetricState(Bytes prologue);

  void mix_hash(Bytes data);
  // False for a low-order point: somebody wants a key that everybody knows.
  [[nodiscard]] bool mix_dh(const wg::SecretKey& secret, const wg::PublicKey& pub);
  void encrypt_and_hash(Bytes plain, ByteVector& out);
  [[nodiscard]] bool decrypt_and_hash(Bytes sealed, ByteVector& out);
  void split(CipherState& first, CipherState& second) const;
  const Hash& hash() const { return hash_; }

 private:
  Hash hash_;
  HashSecret chaining_key_;
  CipherState cipher_;
};

// Message 1 is kFirstBytes longer than its payload, message 2 kSecondBytes.
inline constexpr std::size_t kFirstBytes = 32 + 32 + kTagBytes + kTagBytes;
inline constexpr std::size_t kSecondBytes = 32 + kTagBytes;

// The calls in order, each once; after a false the handshake is over.
class IkInitiator {
 public:
  // `self` must outlive it.
  IkInitiator(Bytes prologue, const KeyPair& self, KeyPair ephemeral, const wg::PublicKey& remote);
  [[nodiscard]] bool write_first(Bytes payload, ByteVector& out);
  [[nodiscard]] bool read_second(Bytes message, ByteVector& payload);
  const Hash& hash() const { return state_.hash(); }
  void split(CipherState& send, CipherState& receive) const { state_.split(send, receive); }

 private:
  SymmetricState state_;
  const KeyPair& self_;
  KeyPair ephemeral_;
  wg::PublicKey remote_;
};

class IkResponder {
 public:
  // `self` must outlive it.
  IkResponder(Bytes prologue, const KeyPair& self, KeyPair ephemeral);
  // True: whoever wrote it holds the private key of remote(). It may be a replay.
  [[nodiscard]] bool read_first(Bytes message, ByteVector& payload);
  [[nodiscard]] bool write_second(Bytes payload, ByteVector& out);
  const wg::PublicKey& remote() const { return remote_; }
  const wg::PublicKey& remote_ephemeral() const { return remote_ephemeral_; }
  const Hash& hash() const { return state_.hash(); }
  void split(CipherState& send, CipherState& receive) const { state_.split(receive, send); }

 private:
  SymmetricState state_;
  const KeyPair& self_;
  KeyPair ephemeral_;
  wg::PublicKey remote_;
  wg::PublicKey remote_ephemeral_;
};

}  // namespace wgt::session
