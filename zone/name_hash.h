#pragma once

// The hash of names: SipHash-1-3 under a per-process secret, chained label by label from the root, so that one pass
// over a name gives the hash of every suffix and a child's hash follows from its parent's. Names come from cluster
// users and queries from anybody: without the secret, neither can aim at one bucket.
//
// Source: Aumasson, Bernstein, "SipHash: a fast short-input PRF"; the message of one step is the parent's hash and the
// label.

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace meshdns {

/// The secret, in the form of SipHash's initial state.
struct HashKey {
  std::array<uint64_t, 4> state;

  static HashKey random();
  static HashKey from(uint64_t k0, uint64_t k1);
};

inline constexpr uint64_t kRootHash = 0;

/// The hash of the name that `label` makes below a name of hash `parent`. `label` begins with its length octet, is
/// lower-cased, and has at least 7 readable octets behind it.
inline uint64_t child_hash(const HashKey& key, uint64_t parent, const uint8_t* label) {
  uint64_t v0 = key.state[0], v1 = key.state[1], v2 = key.state[2], v3 = key.state[3];
  const auto round = [&] {
    v0 += v1;
    v1 = std::rotl(v1, 13);
    v1 ^= v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16);
    v3 ^= v2;
    v0 += v3;
    v3 = std::rotl(v3, 21);
    v3 ^= v0;
    v2 += v1;
    v1 = std::rotl(v1, 17);
    v1 ^= v2;
    v2 = std::rotl(v2, 32);
  };
  const auto absorb = [&](uint64_t word) {
    v3 ^= word;
    round();
    v0 ^= word;
  };
  absorb(parent);
  // The length octet comes first, so zeros behind the label are no part of another message.
  const unsigned size = label[0] + 1U;
  unsigned at = 0;
  for (; at + 8 <= size; at += 8) {
    uint64_t word;
    std::memcpy(&word, label + at, sizeof word);
    absorb(word);
  }
  if (at < size) {
    uint64_t word;
    std::memcpy(&word, label + at, sizeof word);
    absorb(word & (~uint64_t{0} >> (64 - 8 * (size - at))));
  }
  v2 ^= 0xff;
  round();
  round();
  round();
  return v0 ^ v1 ^ v2 ^ v3;
}

/// The same for any text.
uint64_t text_hash(const HashKey& key, std::string_view text);

}  // namespace meshdns
