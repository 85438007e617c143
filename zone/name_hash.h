#pragma once

// The hash of names, under a per-process secret, chained label by label from the root: one pass over a name gives the hash of every
// suffix, and a child's hash follows from its parent's.
//
// Threat: names come from cluster users and queries from anybody; whoever can aim names at one bucket makes every lookup slow.
// Choice: vector multiply-shift, h(x) = ⌊(b + Σ aᵢ·xᵢ mod 2¹²⁸) / 2⁶⁴⌋ with secret random aᵢ and b, over the parent's hash and the
// label's words. It is strongly universal: two names that were chosen without knowing the secret collide with a chance of 2⁻⁶⁴ a
// label. No hash ever leaves the process. Cost: two multiplications a word; SipHash-1-3 took a third of an answer's instructions.
//
// Source: Thorup, "High Speed Hashing for Integers and Strings", §3.

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace meshdns {

__extension__ using Uint128 = unsigned __int128;

/// The secret.
struct HashKey {
  static constexpr size_t kWords = 1 + 8;  // the parent's hash, and a label of 64 octets with its length octet

  std::array<Uint128, kWords> factors;
  Uint128 start;

  static HashKey random();
};

inline constexpr uint64_t kRootHash = 0;

/// The hash of the name that `label` makes below a name of hash `parent`. `label` begins with its length octet, is lower-cased,
/// and has at least 7 readable octets behind it.
inline uint64_t child_hash(const HashKey& key, uint64_t parent, const uint8_t* label) {
  const Uint128* factor = key.factors.data();
  Uint128 sum = key.start + *factor * parent;
  // The length octet comes first, so zeros behind the label are no part of another message.
  uint64_t word;
  unsigned left = label[0] + 1U;
  for (; left > 8; left -= 8, label += 8) {
    std::memcpy(&word, label, sizeof word);
    sum += *++factor * word;
  }
  std::memcpy(&word, label, sizeof word);
  sum += *++factor * (word & (~uint64_t{0} >> (64 - 8 * left)));
  return static_cast<uint64_t>(sum >> 64);
}

/// The same for any text.
uint64_t text_hash(const HashKey& key, std::string_view text);

}  // namespace meshdns
