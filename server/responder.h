#pragma once

// Query bytes in, response bytes out: a pure function over the zones, but for its counters and the rotation of addresses. UDP,
// TCP, tests, fuzzers and benchmarks all call it; there is no second way into the server.
//
// Threads: one Responder a worker, used by that worker alone, within an epoch. It locks, allocates and throws nothing.

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "server/chaos.h"
#include "server/client.h"
#include "server/cookies.h"
#include "server/counters.h"
#include "server/edns.h"
#include "server/identity.h"
#include "server/query.h"
#include "server/response.h"
#include "server/zone_answer.h"

namespace meshdns {

class Directory;

struct ResponderOptions {
  uint16_t udp_size = 1232;          // octets that we advertise, and the most of a response over UDP (RFC 6891 §6.2.5)
  uint16_t keepalive = 300;          // how long a TCP connection may idle, in units of 100 ms (RFC 7828)
  const Cookies* cookies = nullptr;  // outlives the responder; without them a COOKIE option is an unknown one
  std::vector<IpBlock> transfer_allow{};  // clients that may transfer zones
  Identity identity{};
};

class Responder {
 public:
  Responder(const Directory& directory, Counters& counters, ResponderOptions options);

  /// Octets that any response over UDP needs of `out`; over TCP it is 65,535.
  size_t largest_udp_response() const { return options_.udp_size; }

  /// Answers `message` into `out`. Returns the response's octets; 0: no answer is due (over TCP: close the connection).
  size_t respond(std::span<const uint8_t> message, const Client& client, std::span<uint8_t> out);

  /// The zone that is to be sent in the place of the last response, which has all that its messages need but the records: header,
  /// question and OPT. Null, but after an AXFR or IXFR over TCP; whoever asks over TCP has to take it.
  const Zone* take_transfer() { return std::exchange(transfer_, nullptr); }

 private:
  bool answer_options(const Client& client);
  ZoneAnswer decide(Query::Form form, std::span<const uint8_t> message, const Client& client, Response& response);
  ZoneAnswer reject(Query::Form form) const;
  Rcode rcode_without_question() const;
  ZoneAnswer answer_chaos(Response& response) const;
  ZoneAnswer answer_ixfr(Response& response) const;
  ZoneAnswer answer_transfer(std::span<const uint8_t> message, const Client& client, Response& response);
  size_t finish(const ZoneAnswer& answer, Query::Form form, Response& response);

  const Directory& directory_;
  Counters& counters_;
  const ResponderOptions options_;
  const Zone* transfer_ = nullptr;
  uint32_t rotation_ = 0;  // with which of several records to begin
  Query query_;
  const Chaos chaos_;
  OptOptions opt_;        // of the response
  Cookies::Sent cookie_;  // of the query, where there is one
};

}  // namespace meshdns
