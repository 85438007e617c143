#pragma once

// Server cookies (RFC 7873), made so that the replicas of a server know each other's (RFC 9018).
//
// Threat: over UDP anybody can write anybody's address as the sender's. Spoofed queries make us send answers to a victim, and a
// spoofed answer makes a resolver believe a lie. Choice: the client's cookie comes back, which tells a resolver that the answer is
// no blind guess; and our own, a keyed hash of that cookie, the time and the client's address, proves to us that the client
// received what we sent it. Whoever holds the secret can make cookies for any address, so it is never logged, and hashes are
// compared in constant time. SipHash-2-4 with 64 bits suffices: a guess holds for an hour and for one address. A wrong or old
// cookie is no crime (RFC 7873 §5.2.3): the query is answered like one without, and the response brings a new one. We keep no state
// of any client. Cost: 300 to 450 instructions for a query that brings a cookie, nothing for others; one hash for each secret that
// is accepted until one fits, which is why their number is bounded.
//
//   COOKIE option │ client cookie 8 │ server cookie 16: version 1 │ reserved 3 │ timestamp 4 │ hash 8 │
//
// Threads: answer() on any, within an epoch; replace() on the epochs' writer's.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "zone/address.h"

namespace meshdns {

class Epochs;

using CookieSecret = std::array<uint8_t, 16>;

/// A secret that nobody else knows: for a server without replicas.
CookieSecret random_cookie_secret();

class Cookies {
 public:
  static constexpr size_t kMaxSecrets = 8;
  static constexpr size_t kOptionSize = 24;
  static constexpr uint32_t kPast = 60 * 60;   // seconds for which a cookie is valid (RFC 9018 §4.3)
  static constexpr uint32_t kFuture = 5 * 60;  // seconds by which a replica's clock may be ahead
  static constexpr uint32_t kFresh = 30 * 60;  // seconds after which a client gets a new one

  /// `secrets`: 1 to kMaxSecrets. The first signs, all are accepted: a new one is appended first, then moved to the front once all
  /// replicas accept it, and an hour later the old one goes (RFC 9018 §5).
  Cookies(const std::vector<CookieSecret>& secrets, Epochs& epochs);
  ~Cookies();
  Cookies(const Cookies&) = delete;
  Cookies& operator=(const Cookies&) = delete;

  void replace(const std::vector<CookieSecret>& secrets);

  enum class Sent : uint8_t { kNoServerCookie, kValid, kInvalid };

  /// Writes the response's option for a query's: `option` has 8 octets, or 16 to 40. `now`: Unix time in seconds. Returns what the
  /// query's server cookie was.
  Sent answer(std::span<const uint8_t> option, const IpAddress& client, uint32_t now,
              std::span<uint8_t, kOptionSize> response) const;

 private:
  struct Secrets;

  Epochs& epochs_;
  std::atomic<const Secrets*> secrets_;
};

}  // namespace meshdns
