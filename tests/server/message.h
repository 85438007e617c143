#pragma once

// DNS messages for tests, made and read with ldns: an implementation that shares nothing with ours.

#include <cstdint>
#include <string>
#include <vector>

namespace meshdns::test {

using Bytes = std::vector<uint8_t>;

/// "example" → its wire form, as it is spelled.
Bytes wire_name(const std::string& text);

struct QueryParts {
  std::string name = "a.bar.global";
  uint16_t type = 1;
  uint16_t klass = 1;
  unsigned flags = 0x0100;  // RD
  bool edns = false;
  uint16_t payload_size = 1232;
  uint32_t edns_flags = 0;          // extended rcode, version, DO: what is the TTL elsewhere
  Bytes options{};                  // RDATA of the OPT
  std::vector<Bytes> additional{};  // records behind the OPT
};

Bytes make_query(const QueryParts& parts);

/// A response, taken apart and in words.
struct Parsed {
  unsigned id;
  unsigned flags;                     // the header's second 16 bits without the rcode
  unsigned rcode;                     // with the OPT's upper bits
  std::vector<std::string> question;  // "A.bar.global. IN A": as spelled
  std::vector<std::string> answer;    // presentation form, single spaces
  std::vector<std::string> authority;
  bool edns;
  unsigned edns_size;
  bool dnssec_ok;
  Bytes options;
  std::string tsig;  // presentation form
};

/// Fails the test where ldns does not take `response` or octets are left.
Parsed parse_response(const Bytes& response);

}  // namespace meshdns::test
