#include "server/responder.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "zone/directory.h"
#include "zone/rr_type.h"

namespace meshdns {
namespace {

constexpr size_t kPlainUdpSize = 512;  // RFC 1035 §4.2.1: without EDNS, or where a client says less
constexpr size_t kTcpSize = 65535;

uint8_t* append(uint8_t* at, const void* bytes, size_t size) {
  std::memcpy(at, bytes, size);
  return at + size;
}

}  // namespace

Responder::Responder(const Directory& directory, Counters& counters, ResponderOptions options)
    : directory_(directory), counters_(counters), options_(std::move(options)) {}

size_t Responder::respond(std::span<const uint8_t> message, const Client& client, std::span<uint8_t> out) {
  const Query::Form form = query_.parse(message, directory_.key());
  if (form == Query::Form::kDrop) {
    bump(counters_.dropped);
    return 0;
  }
  counters_.count_request(client.transport, query_.type, message.size());
  opt_.clear();
  const Answer answer = decide(form, client);
  size_t limit = kTcpSize;
  if (client.is_udp()) limit = std::clamp<size_t>(query_.edns.payload_size, kPlainUdpSize, options_.udp_size);
  const size_t size = write(answer, std::min(limit, out.size()), out.data());
  const size_t zone = answer.zone == nullptr ? counters_.no_zone() : answer.zone->index();
  counters_.count_response(zone, static_cast<unsigned>(answer.rcode), size);
  return size;
}

// What to answer -----------------------------------------------------------------------------------------------------

Responder::Answer Responder::decide(Query::Form form, const Client& client) {
  Answer answer;
  if ((query_.flags & kOpcodeMask) != 0) {
    answer.rcode = Rcode::kNotImp;
  } else if (form != Query::Form::kWellFormed) {
    answer.rcode = Rcode::kFormErr;
  } else if (query_.edns.version > 0) {
    answer.rcode = Rcode::kBadVers;
  } else if (query_.klass != kClassIn) {
    answer.rcode = Rcode::kRefused;
  } else if (query_.type == rr_type::kAxfr && client.is_udp()) {
    answer.rcode = Rcode::kFormErr;  // RFC 5936 §4.2
  } else if (query_.type == rr_type::kAxfr || query_.type == rr_type::kIxfr) {
    answer.rcode = Rcode::kRefused;
  } else {
    look_up(answer);
  }
  return answer;
}

void Responder::look_up(Answer& answer) {
  answer.zone = directory_.find(query_.name);
  if (answer.zone == nullptr) {
    answer.rcode = Rcode::kRefused;
    answer.extended_error = ExtendedError::kNotAuthoritative;
    return;
  }
  const bool complete =
      answer.zone->complete();  // read before the lookup: what it misses was not there when all was known
  const Zone::Lookup found = answer.zone->lookup(query_.name);
  if (found.node != nullptr) {
    // RFC 8482 §4.1: ANY gets one RRset.
    const auto rrsets = found.node->rrsets();
    const bool any = query_.type == rr_type::kAny && !rrsets.empty();
    answer.found = found.node->find(any ? rrsets.front().type : query_.type);
  }
  if (!complete && (found.match != Zone::Match::kExact || answer.found.rrset == nullptr)) {
    // A name that we do not know yet may exist, and may shadow the wildcard.
    answer = {.rcode = Rcode::kServFail, .extended_error = ExtendedError::kNotReady, .zone = answer.zone};
    return;
  }
  answer.authoritative = true;
  answer.soa = answer.found.rrset == nullptr;  // RFC 2308 §2
  if (found.node == nullptr) answer.rcode = Rcode::kNxDomain;
}

// Writing it ---------------------------------------------------------------------------------------------------------

size_t Responder::write(const Answer& answer, size_t limit, uint8_t* out) {
  const bool edns = query_.edns.present;
  if (answer.extended_error != ExtendedError::kNone) opt_.add_extended_error(answer.extended_error);
  const size_t opt_size = edns ? kOptSize + opt_.size() : 0;
  unsigned flags =
      kFlagQr | (query_.flags & (kOpcodeMask | kFlagRd | kFlagCd)) | (static_cast<unsigned>(answer.rcode) & kRcodeMask);
  if (answer.authoritative) flags |= kFlagAa;

  uint8_t* at = append(out + kHeaderSize, query_.question.data(), query_.question.size());
  const auto room = static_cast<size_t>(limit - opt_size - static_cast<size_t>(at - out));
  unsigned answers = 0;
  unsigned authorities = 0;
  if (answer.found.rrset != nullptr) {
    if (answer.found.rrset->size <= room) {
      at += write_rrset(answer.found, at);
      answers = answer.found.rrset->count;
    } else {
      flags |= kFlagTc;  // RFC 2181 §9: no partial RRset
    }
  } else if (answer.soa) {
    if (answer.zone->apex_node().rrsets().front().size <= room) {
      at += write_soa(*answer.zone, at);
      authorities = 1;
    } else {
      flags |= kFlagTc;
    }
  }
  if (edns) at += write_opt(at, options_.udp_size, answer.rcode, query_.edns.dnssec_ok, opt_);

  put16(out, query_.id);
  put16(out + 2, flags);
  put16(out + 4, query_.question.empty() ? 0 : 1);
  put16(out + 6, answers);
  put16(out + 8, authorities);
  put16(out + 10, edns ? 1 : 0);
  return static_cast<size_t>(at - out);
}

size_t Responder::write_rrset(OwnerNode::Found found, uint8_t* out) {
  const Rrset& rrset = *found.rrset;
  if (rrset.count == 1 || rrset.stride == 0) {
    append(out, found.records, rrset.size);
    return rrset.size;
  }
  const size_t first = (rotation_++ % rrset.count) * size_t{rrset.stride};
  uint8_t* at = append(out, found.records + first, rrset.size - first);
  append(at, found.records, first);
  return rrset.size;
}

/// The SOA as a negative answer carries it: its TTL is the lesser of its own and MINIMUM (RFC 2308 §3), its owner points to the
/// apex within the question.
size_t Responder::write_soa(const Zone& zone, uint8_t* out) {
  const OwnerNode::Found soa = zone.apex_node().find(rr_type::kSoa);
  append(out, soa.records, soa.rrset->size);
  const size_t apex = query_.name.offset(query_.name.labels() - zone.apex_labels());
  put16(out, static_cast<unsigned>(0xc000 | (kHeaderSize + apex)));
  const uint32_t minimum = get32(out + soa.rrset->size - 4);
  put32(out + OwnerNode::kTtlOffset, std::min(get32(out + OwnerNode::kTtlOffset), minimum));
  return soa.rrset->size;
}

}  // namespace meshdns
