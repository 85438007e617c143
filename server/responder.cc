#include "server/responder.h"

#include <algorithm>
#include <cstring>

#include "zone/directory.h"
#include "zone/rr_type.h"

namespace meshdns {
namespace {

constexpr size_t kPlainUdpSize = 512;  // RFC 1035 §4.2.1: without EDNS, or where a client says less
constexpr size_t kTcpSize = 65535;
constexpr size_t kOptSize = 11;
constexpr size_t kExtendedErrorSize = 6;  // option code, length, INFO-CODE

// RFC 8914 §4.
constexpr uint8_t kEdeNotReady = 14;
constexpr uint8_t kEdeNotAuthoritative = 20;

uint8_t* append(uint8_t* at, const void* bytes, size_t size) {
  std::memcpy(at, bytes, size);
  return at + size;
}

}  // namespace

Responder::Responder(const Directory& directory, Counters& counters, ResponderOptions options)
    : directory_(directory), counters_(counters), options_(options) {}

size_t Responder::respond(std::span<const uint8_t> message, const Client& client, std::span<uint8_t> out) {
  const Query::Form form = query_.parse(message, directory_.key());
  if (form == Query::Form::kDrop) {
    bump(counters_.dropped);
    return 0;
  }
  counters_.count_request(client.transport, query_.type, message.size());
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
    answer.extended_error = kEdeNotAuthoritative;
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
    answer = {.rcode = Rcode::kServFail, .extended_error = kEdeNotReady, .zone = answer.zone};
    return;
  }
  answer.authoritative = true;
  answer.soa = answer.found.rrset == nullptr;  // RFC 2308 §2
  if (found.node == nullptr) answer.rcode = Rcode::kNxDomain;
}

// Writing it ---------------------------------------------------------------------------------------------------------

size_t Responder::write(const Answer& answer, size_t limit, uint8_t* out) {
  const bool edns = query_.edns.present;
  const size_t opt_size = !edns ? 0 : kOptSize + (answer.extended_error == Answer::kNone ? 0 : kExtendedErrorSize);
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
  if (edns) at += write_opt(answer, at);

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

/// RFC 6891 §6.1.2: root owner, our payload size, the rcode's upper bits, version 0, DO as it came.
size_t Responder::write_opt(const Answer& answer, uint8_t* out) {
  out[0] = 0;
  put16(out + 1, rr_type::kOpt);
  put16(out + 3, options_.udp_size);
  out[5] = static_cast<uint8_t>(static_cast<unsigned>(answer.rcode) >> 4);
  out[6] = 0;
  put16(out + 7, query_.edns.dnssec_ok ? 0x8000 : 0);
  if (answer.extended_error == Answer::kNone) {
    put16(out + 9, 0);
    return kOptSize;
  }
  constexpr unsigned kExtendedErrorOption = 15;  // RFC 8914 §2
  put16(out + 9, kExtendedErrorSize);
  put16(out + 11, kExtendedErrorOption);
  put16(out + 13, 2);
  put16(out + 15, answer.extended_error);
  return kOptSize + kExtendedErrorSize;
}

}  // namespace meshdns
