#include "tests/model/ldns_records.h"

#include <ldns/ldns.h>

#include <memory>
#include <stdexcept>

namespace meshdns::model {
namespace {

constexpr size_t kHeaderSize = 12;
constexpr uint32_t kDefaultTtl = 300;

std::string octets(const ldns_rdf* field) {
  return {reinterpret_cast<const char*>(ldns_rdf_data(field)), ldns_rdf_size(field)};
}

/// ldns keeps each field in its wire form: the data are the fields one after the other.
Record record_of(const ldns_rr* rr) {
  Record record{.owner = read_name(octets(ldns_rr_owner(rr))),
                .type = static_cast<uint16_t>(ldns_rr_get_type(rr)),
                .ttl = ldns_rr_ttl(rr),
                .rdata = {}};
  for (size_t i = 0; i < ldns_rr_rd_count(rr); ++i) record.rdata += octets(ldns_rr_rdf(rr, i));
  return folded(std::move(record));
}

std::vector<Record> records_of(const ldns_rr_list* list) {
  std::vector<Record> records;
  for (size_t i = 0; i < ldns_rr_list_rr_count(list); ++i) records.push_back(record_of(ldns_rr_list_rr(list, i)));
  return records;
}

}  // namespace

std::optional<Response> parse_response(std::span<const uint8_t> message) {
  ldns_pkt* parsed = nullptr;
  if (ldns_wire2pkt(&parsed, message.data(), message.size()) != LDNS_STATUS_OK) return std::nullopt;
  const std::unique_ptr<ldns_pkt, void (*)(ldns_pkt*)> packet(parsed, ldns_pkt_free);
  if (ldns_pkt_size(parsed) != message.size() || ldns_pkt_qdcount(parsed) != 1) return std::nullopt;
  const size_t name_size = ldns_rdf_size(ldns_rr_owner(ldns_rr_list_rr(ldns_pkt_question(parsed), 0)));
  return Response{.header_and_question = {reinterpret_cast<const char*>(message.data()), kHeaderSize + name_size + 4},
                  .answer = {.rcode = static_cast<unsigned>(ldns_pkt_get_rcode(parsed)),
                             .authoritative = ldns_pkt_aa(parsed),
                             .answer = records_of(ldns_pkt_answer(parsed)),
                             .authority = records_of(ldns_pkt_authority(parsed)),
                             .additional = records_of(ldns_pkt_additional(parsed))}};
}

Record parse_record(const std::string& line, const Name& origin) {
  ldns_rdf* base = ldns_dname_new_frm_str(text(origin).c_str());
  ldns_rdf* previous = nullptr;
  ldns_rr* rr = nullptr;
  const ldns_status status = ldns_rr_new_frm_str(&rr, line.c_str(), kDefaultTtl, base, &previous);
  ldns_rdf_deep_free(base);
  ldns_rdf_deep_free(previous);
  if (status != LDNS_STATUS_OK) throw std::runtime_error(line + ": " + ldns_get_errorstr_by_id(status));
  const std::unique_ptr<ldns_rr, void (*)(ldns_rr*)> owned(rr, ldns_rr_free);
  return record_of(rr);
}

}  // namespace meshdns::model
