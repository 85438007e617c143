#include "tests/server/message.h"

#include <doctest/doctest.h>
#include <ldns/ldns.h>

#include <memory>

namespace meshdns::test {
namespace {

void put16(Bytes& out, unsigned value) {
  out.insert(out.end(), {static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)});
}

void put_opt(Bytes& query, const QueryParts& parts) {
  query.push_back(0);
  put16(query, LDNS_RR_TYPE_OPT);
  put16(query, parts.payload_size);
  put16(query, parts.edns_flags >> 16);
  put16(query, parts.edns_flags);
  put16(query, static_cast<unsigned>(parts.options.size()));
  query.insert(query.end(), parts.options.begin(), parts.options.end());
}

std::string line_of(char* text) {
  std::string line(text);
  std::free(text);
  for (char& c : line) {
    if (c == '\t') c = ' ';
  }
  while (!line.empty() && line.back() == '\n') line.pop_back();
  return line;
}

std::vector<std::string> lines_of(const ldns_rr_list* records) {
  std::vector<std::string> lines;
  for (size_t i = 0; i < ldns_rr_list_rr_count(records); ++i)
    lines.push_back(line_of(ldns_rr2str(ldns_rr_list_rr(records, i))));
  return lines;
}

}  // namespace

Bytes wire_name(const std::string& text) {
  ldns_rdf* name = ldns_dname_new_frm_str(text.c_str());
  REQUIRE(name != nullptr);
  Bytes wire(ldns_rdf_data(name), ldns_rdf_data(name) + ldns_rdf_size(name));
  ldns_rdf_deep_free(name);
  return wire;
}

Bytes make_query(const QueryParts& parts) {
  Bytes query;
  const auto additional = static_cast<unsigned>(parts.additional.size()) + (parts.edns ? 1U : 0U);
  for (const unsigned word : {0x1234U, parts.flags, 1U, 0U, 0U, additional}) put16(query, word);
  const Bytes name = wire_name(parts.name);
  query.insert(query.end(), name.begin(), name.end());
  put16(query, parts.type);
  put16(query, parts.klass);
  if (parts.edns) put_opt(query, parts);
  for (const Bytes& record : parts.additional) query.insert(query.end(), record.begin(), record.end());
  return query;
}

Parsed parse_response(const Bytes& response) {
  ldns_pkt* parsed = nullptr;
  REQUIRE(ldns_wire2pkt(&parsed, response.data(), response.size()) == LDNS_STATUS_OK);
  const std::unique_ptr<ldns_pkt, void (*)(ldns_pkt*)> packet(parsed, ldns_pkt_free);
  const auto octet = [&](size_t at) { return static_cast<unsigned>(response[at]); };
  Parsed result{.id = octet(0) << 8 | octet(1),
                .flags = (octet(2) << 8 | octet(3)) & 0xfff0,
                .rcode = (octet(3) & 0xf) | static_cast<unsigned>(ldns_pkt_edns_extended_rcode(parsed)) << 4,
                .question = lines_of(ldns_pkt_question(parsed)),
                .answer = lines_of(ldns_pkt_answer(parsed)),
                .authority = lines_of(ldns_pkt_authority(parsed)),
                .edns = ldns_pkt_edns(parsed),
                .edns_size = ldns_pkt_edns_udp_size(parsed),
                .dnssec_ok = ldns_pkt_edns_do(parsed),
                .options = {},
                .tsig = {}};
  if (ldns_pkt_tsig(parsed) != nullptr) result.tsig = line_of(ldns_rr2str(ldns_pkt_tsig(parsed)));
  if (const ldns_rdf* data = ldns_pkt_edns_data(parsed)) {
    result.options.assign(ldns_rdf_data(data), ldns_rdf_data(data) + ldns_rdf_size(data));
  }
  return result;
}

}  // namespace meshdns::test
