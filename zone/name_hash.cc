#include "zone/name_hash.h"

#include <openssl/rand.h>

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

}  // namespace meshdns
