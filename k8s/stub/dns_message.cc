#include "k8s/stub/dns_message.h"

#include <ldns/ldns.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>

#include "zone/rr_type.h"

namespace meshdns {
namespace {

// Fits into any path's packets (DNS flag day 2020), as CoreDNS asks its upstreams.
constexpr uint16_t kUdpSize = 1232;

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* pointer) const {
    kFree(pointer);
  }
};
using Packet = std::unique_ptr<ldns_pkt, Free<ldns_pkt_free>>;

Packet parse(std::span<const uint8_t> octets) {
  ldns_pkt* packet = nullptr;
  if (ldns_wire2pkt(&packet, octets.data(), octets.size()) != LDNS_STATUS_OK) return nullptr;
  return Packet(packet);
}

std::span<const uint8_t> octets_of(const ldns_rdf* field) { return {ldns_rdf_data(field), ldns_rdf_size(field)}; }

std::optional<Name> name_of(const ldns_rdf* field) {
  if (field == nullptr) return std::nullopt;
  const auto name = Name::from_wire(octets_of(field));
  return name ? std::optional(*name) : std::nullopt;
}

std::optional<IpAddress> address_of(const ldns_rr* rr) {
  if (ldns_rr_rd_count(rr) != 1) return std::nullopt;
  const auto octets = octets_of(ldns_rr_rdf(rr, 0));
  if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_A && octets.size() == 4) return IpAddress::v4(octets.first<4>());
  if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_AAAA && octets.size() == 16) return IpAddress::v6(octets.first<16>());
  return std::nullopt;
}

std::optional<DnsSoa> soa_of(const ldns_rr* rr) {
  if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_SOA || ldns_rr_rd_count(rr) < 2) return std::nullopt;
  auto zone = name_of(ldns_rr_owner(rr));
  auto primary = name_of(ldns_rr_rdf(rr, 0));
  auto mailbox = name_of(ldns_rr_rdf(rr, 1));
  if (!zone || !primary || !mailbox) return std::nullopt;
  return DnsSoa{*std::move(zone), *std::move(primary), *std::move(mailbox)};
}

void read_section(const ldns_rr_list* section, bool answer, DnsReply& reply) {
  for (size_t i = 0; i < ldns_rr_list_rr_count(section); ++i) {
    const ldns_rr* rr = ldns_rr_list_rr(section, i);
    if (!reply.soa) reply.soa = soa_of(rr);
    if (!answer) continue;
    if (const auto address = address_of(rr)) reply.addresses.push_back(*address);
    if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_NS || ldns_rr_rd_count(rr) != 1) continue;
    if (auto name = name_of(ldns_rr_rdf(rr, 0))) reply.name_servers.push_back(*std::move(name));
  }
}

/// Servers that cannot read a query may leave its question out (RFC 1035 §4.1.1).
bool answers(const ldns_pkt* query, const ldns_pkt* reply) {
  if (!ldns_pkt_qr(reply) || ldns_pkt_id(reply) != ldns_pkt_id(query)) return false;
  if (ldns_pkt_get_opcode(reply) != LDNS_PACKET_QUERY) return false;
  const ldns_rr_list* asked = ldns_pkt_question(query);
  const ldns_rr_list* questions = ldns_pkt_question(reply);
  const size_t count = ldns_rr_list_rr_count(questions);
  const ldns_pkt_rcode rcode = ldns_pkt_get_rcode(reply);
  if (count == 0) return rcode == LDNS_RCODE_FORMERR || rcode == LDNS_RCODE_NOTIMPL;
  const ldns_rr* left = ldns_rr_list_rr(asked, 0);
  const ldns_rr* right = ldns_rr_list_rr(questions, 0);
  return count == 1 && ldns_rr_get_type(left) == ldns_rr_get_type(right) &&
         ldns_rr_get_class(left) == ldns_rr_get_class(right) &&
         ldns_dname_compare(ldns_rr_owner(left), ldns_rr_owner(right)) == 0;
}

}  // namespace

std::string DnsQuestion::text() const {
  const std::unique_ptr<char, Free<std::free>> type_name(ldns_rr_type2str(static_cast<ldns_rr_type>(type)));
  return name.text() + " " + type_name.get();
}

std::string rcode_text(uint8_t rcode) {
  const ldns_lookup_table* known = ldns_lookup_by_id(ldns_rcodes, rcode);
  return known == nullptr ? "rcode " + std::to_string(rcode) : known->name;
}

std::string DnsReply::text() const {
  constexpr size_t kShown = 4;
  std::string text = rcode_text(rcode);
  for (size_t i = 0; i < std::min(addresses.size(), kShown); ++i) text += ", " + addresses[i].text();
  if (addresses.size() > kShown) text += " and " + std::to_string(addresses.size() - kShown) + " more";
  return text;
}

std::vector<uint8_t> dns_query(const DnsQuestion& question) {
  const auto name = question.name.wire();
  ldns_rdf* owner = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, name.size(), name.data());
  const Packet packet(ldns_pkt_query_new(owner, static_cast<ldns_rr_type>(question.type), LDNS_RR_CLASS_IN, LDNS_RD));
  if (!packet) throw std::bad_alloc();
  ldns_pkt_set_random_id(packet.get());
  ldns_pkt_set_edns_udp_size(packet.get(), kUdpSize);
  uint8_t* octets = nullptr;
  size_t size = 0;
  if (ldns_pkt2wire(&octets, packet.get(), &size) != LDNS_STATUS_OK) throw std::bad_alloc();
  const std::unique_ptr<uint8_t, Free<std::free>> owned(octets);
  return {octets, octets + size};
}

std::optional<DnsReply> dns_reply(std::span<const uint8_t> query, std::span<const uint8_t> octets) {
  const Packet asked = parse(query);
  const Packet packet = parse(octets);
  if (!asked || !packet || !answers(asked.get(), packet.get())) return std::nullopt;
  DnsReply reply;
  reply.rcode = static_cast<uint8_t>(ldns_pkt_get_rcode(packet.get()));
  reply.authoritative = ldns_pkt_aa(packet.get());
  reply.truncated = ldns_pkt_tc(packet.get());
  reply.recursive = ldns_pkt_ra(packet.get());
  read_section(ldns_pkt_answer(packet.get()), true, reply);
  read_section(ldns_pkt_authority(packet.get()), false, reply);
  std::ranges::sort(reply.addresses);
  reply.addresses.erase(std::unique(reply.addresses.begin(), reply.addresses.end()), reply.addresses.end());
  return reply;
}

}  // namespace meshdns
