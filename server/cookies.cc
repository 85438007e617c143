#include "server/cookies.h"

#include <sodium/crypto_shorthash.h>
#include <sodium/randombytes.h>
#include <sodium/utils.h>

#include <algorithm>
#include <cstring>

#include "server/wire.h"
#include "zone/epochs.h"

namespace meshdns {
namespace {

constexpr size_t kClientSize = 8;
constexpr size_t kTimestampAt = 12;
constexpr size_t kHashAt = 16;
constexpr size_t kHashSize = 8;
constexpr uint8_t kVersion = 1;

using Hash = std::array<uint8_t, kHashSize>;
static_assert(crypto_shorthash_BYTES == kHashSize && crypto_shorthash_KEYBYTES == sizeof(CookieSecret));

/// RFC 9018 §4.4: over the client cookie, version, reserved octets and timestamp as they stand in `option`, and the address.
Hash hash_of(const uint8_t* option, const IpAddress& client, const CookieSecret& secret) {
  std::array<uint8_t, kHashAt + 16> input;
  std::memcpy(input.data(), option, kHashAt);
  const auto address = client.bytes();
  std::memcpy(input.data() + kHashAt, address.data(), address.size());
  Hash hash;
  crypto_shorthash(hash.data(), input.data(), kHashAt + address.size(), secret.data());
  return hash;
}

}  // namespace

CookieSecret random_cookie_secret() {
  CookieSecret secret;
  randombytes_buf(secret.data(), secret.size());
  return secret;
}

struct Cookies::Secrets {
  explicit Secrets(const std::vector<CookieSecret>& from) : count(std::min(from.size(), kMaxSecrets)) {
    std::copy_n(from.begin(), count, all.begin());
  }
  ~Secrets() { sodium_memzero(all.data(), sizeof all); }
  Secrets(const Secrets&) = delete;
  Secrets& operator=(const Secrets&) = delete;

  /// The place of the secret that `option`'s server cookie was made with; `count` where there is none.
  size_t find(const uint8_t* option, const IpAddress& client) const {
    for (size_t i = 0; i < count; ++i) {
      if (sodium_memcmp(hash_of(option, client, all[i]).data(), option + kHashAt, kHashSize) == 0) return i;
    }
    return count;
  }

  std::array<CookieSecret, kMaxSecrets> all;
  const size_t count;
};

Cookies::Cookies(const std::vector<CookieSecret>& secrets, Epochs& epochs)
    : epochs_(epochs), secrets_(new Secrets(secrets)) {}

Cookies::~Cookies() { delete secrets_.load(std::memory_order_relaxed); }

void Cookies::replace(const std::vector<CookieSecret>& secrets) {
  const Secrets* old = secrets_.exchange(new Secrets(secrets), std::memory_order_acq_rel);
  epochs_.retire(old, sizeof *old, [](const void* memory) { delete static_cast<const Secrets*>(memory); });
  epochs_.reclaim();
}

Cookies::Sent Cookies::answer(std::span<const uint8_t> option, const IpAddress& client, uint32_t now,
                              std::span<uint8_t, kOptionSize> response) const {
  const Secrets& secrets = *secrets_.load(std::memory_order_acquire);
  Sent sent = option.size() == kClientSize ? Sent::kNoServerCookie : Sent::kInvalid;
  // §4.2: reserved octets of a cookie that comes back may be set, and are part of what was hashed.
  if (option.size() == kOptionSize && option[kClientSize] == kVersion) {
    // Serial arithmetic (RFC 1982): the timestamp has 32 bits, which end in 2106.
    const auto age = static_cast<int32_t>(now - get32(option.data() + kTimestampAt));
    const bool in_time = age >= -static_cast<int32_t>(kFuture) && age <= static_cast<int32_t>(kPast);
    const size_t signer = in_time ? secrets.find(option.data(), client) : secrets.count;
    if (signer < secrets.count) sent = Sent::kValid;
    // A cookie of another secret than the first is renewed at once, so that the secret can go an hour after its demotion.
    if (signer == 0 && age <= static_cast<int32_t>(kFresh)) {
      std::copy(option.begin(), option.end(), response.begin());
      return sent;
    }
  }
  std::copy_n(option.begin(), kClientSize, response.begin());
  put32(response.data() + kClientSize, uint32_t{kVersion} << 24);
  put32(response.data() + kTimestampAt, now);
  const Hash hash = hash_of(response.data(), client, secrets.all[0]);
  std::copy(hash.begin(), hash.end(), response.begin() + kHashAt);
  return sent;
}

}  // namespace meshdns
