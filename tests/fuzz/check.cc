#include "tests/fuzz/check.h"

#include <ldns/ldns.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

/// ldns forgets fields of a record that it refuses (IPSECKEY, for one): a few octets for each broken zone file.
extern "C" const char* __lsan_default_suppressions() { return "leak:ldns_rdf_new_frm_data\n"; }

namespace meshdns::fuzz {
namespace {

unsigned get16(std::span<const uint8_t> octets, size_t at) {
  return static_cast<unsigned>(octets[at] << 8 | octets[at + 1]);
}

}  // namespace

void require(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "expected: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

void require_message(std::span<const uint8_t> message) {
  ldns_pkt* packet = nullptr;
  require(ldns_wire2pkt(&packet, message.data(), message.size()) == LDNS_STATUS_OK, "a message that ldns reads");
  ldns_pkt_free(packet);
  // ldns passes over what follows the last record.
  size_t at = LDNS_HEADER_SIZE;
  for (unsigned section = 0; section < 4; ++section) {
    const ldns_pkt_section kind = section == 0 ? LDNS_SECTION_QUESTION : LDNS_SECTION_ANSWER;
    for (unsigned left = get16(message, 4 + 2 * section); left > 0; --left) {
      ldns_rr* record = nullptr;
      const ldns_status status = ldns_wire2rr(&record, message.data(), message.size(), &at, kind);
      require(status == LDNS_STATUS_OK, "a record that ldns reads");
      ldns_rr_free(record);
    }
  }
  require(at == message.size(), "nothing behind the last record");
}

size_t udp_limit(std::span<const uint8_t> query) {
  constexpr size_t kLeast = 512;
  constexpr size_t kMost = 1232;
  ldns_pkt* packet = nullptr;
  if (ldns_wire2pkt(&packet, query.data(), query.size()) != LDNS_STATUS_OK) return kMost;
  const size_t said = ldns_pkt_edns(packet) ? ldns_pkt_edns_udp_size(packet) : 0;
  ldns_pkt_free(packet);
  return std::clamp(said, kLeast, kMost);
}

bool is_name(std::span<const uint8_t> wire) {
  ldns_rdf* name = nullptr;
  size_t at = 0;
  if (ldns_wire2dname(&name, wire.data(), wire.size(), &at) != LDNS_STATUS_OK) return false;
  ldns_rdf_deep_free(name);
  return at == wire.size();
}

}  // namespace meshdns::fuzz
