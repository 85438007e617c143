#include "server/responder.h"

#include <algorithm>
#include <utility>

#include "zone/directory.h"
#include "zone/rr_type.h"

namespace meshdns {
namespace {

constexpr uint16_t kPlainUdpSize = 512;  // RFC 1035 §4.2.1: without EDNS, or where a client says less
constexpr size_t kTcpSize = 65535;

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
  size_t limit = std::min(kTcpSize, out.size());
  if (client.is_udp())
    limit = std::min<size_t>(limit, std::clamp(query_.edns.payload_size, kPlainUdpSize, options_.udp_size));
  const size_t opt_size = query_.edns.present ? kOptSize + opt_.size() : 0;
  Response response(out.data(), limit - opt_size, query_.question, rotation_);
  const ZoneAnswer answer = decide(form, client, response);
  const size_t size = finish(answer, response);
  const size_t zone = answer.zone == nullptr ? counters_.no_zone() : answer.zone->index();
  counters_.count_response(zone, static_cast<unsigned>(answer.rcode), size);
  return size;
}

ZoneAnswer Responder::decide(Query::Form form, const Client& client, Response& response) {
  if ((query_.flags & kOpcodeMask) != 0) return {.rcode = Rcode::kNotImp};
  if (form != Query::Form::kWellFormed) return {.rcode = Rcode::kFormErr};
  if (query_.edns.version > 0) return {.rcode = Rcode::kBadVers};
  if (query_.klass != kClassIn) return {.rcode = Rcode::kRefused};
  if (query_.type == rr_type::kAxfr && client.is_udp()) return {.rcode = Rcode::kFormErr};  // RFC 5936 §4.2
  if (query_.type == rr_type::kAxfr || query_.type == rr_type::kIxfr) return {.rcode = Rcode::kRefused};
  return answer_from_zones(directory_, query_.name, query_.type, response);
}

/// Adds the OPT, and writes the header. Returns the response's octets.
size_t Responder::finish(const ZoneAnswer& answer, Response& response) {
  uint8_t* const out = response.record(0);
  size_t size = response.size();
  const bool edns = query_.edns.present;
  // Errors have no records, so there is room for it.
  if (answer.extended_error != ExtendedError::kNone) opt_.add_extended_error(answer.extended_error);
  if (edns) size += write_opt(out + size, options_.udp_size, answer.rcode, query_.edns.dnssec_ok, opt_);

  unsigned flags =
      kFlagQr | (query_.flags & (kOpcodeMask | kFlagRd | kFlagCd)) | (static_cast<unsigned>(answer.rcode) & kRcodeMask);
  if (answer.authoritative) flags |= kFlagAa;
  if (response.truncated()) flags |= kFlagTc;
  put16(out, query_.id);
  put16(out + 2, flags);
  put16(out + 4, query_.question.empty() ? 0 : 1);
  put16(out + 6, response.count(Response::kAnswer));
  put16(out + 8, response.count(Response::kAuthority));
  put16(out + 10, response.count(Response::kAdditional) + (edns ? 1U : 0U));
  return size;
}

}  // namespace meshdns
