#include "zone/name_hash.h"

#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>

namespace meshdns {

static_assert(std::endian::native == std::endian::little, "the last word of a label is masked as a little-endian one");

HashKey HashKey::from(uint64_t k0, uint64_t k1) {
  return {{k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573}};
}

HashKey HashKey::random() {
  uint64_t words[2];
  // Without randomness the table could be flooded: better not to serve at all.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(words), sizeof words) != 1) std::abort();
  return from(words[0], words[1]);
}

uint64_t text_hash(const HashKey& key, std::string_view text) {
  constexpr size_t kChunk = 63;
  uint64_t hash = kRootHash;
  do {
    std::array<uint8_t, 1 + kChunk + 7> label{};
    const std::string_view chunk = text.substr(0, kChunk);
    label[0] = static_cast<uint8_t>(chunk.size());
    std::copy(chunk.begin(), chunk.end(), label.begin() + 1);
    hash = child_hash(key, hash, label.data());
    text.remove_prefix(chunk.size());
  } while (!text.empty());
  return hash;
}

}  // namespace meshdns
