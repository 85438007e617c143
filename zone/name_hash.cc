#include "zone/name_hash.h"

#include <openssl/rand.h>

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace meshdns {

static_assert(std::endian::native == std::endian::little, "the last word of a label is masked as a little-endian one");

HashKey HashKey::random() {
  HashKey key;
  // Without randomness the table could be flooded: better not to serve at all.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&key), sizeof key) != 1) std::abort();
  return key;
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
