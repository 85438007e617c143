#include "server/responder.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "server/socket_address.h"
#include "server/transfer_request.h"
#include "zone/directory.h"
#include "zone/rr_type.h"

namespace meshdns {
namespace {

constexpr uint16_t kPlainUdpSize = 512;  // RFC 1035 §4.2.1: without EDNS, or where a client says less
constexpr size_t kTcpSize = 65535;

}  // namespace

Responder::Responder(const Directory& directory, Counters& counters, ResponderOptions options)
    : directory_(directory), counters_(counters), options_(std::move(options)), chaos_(options_.identity) {}

size_t Responder::respond(std::span<const uint8_t> message, const Client& client, std::span<uint8_t> out) {
  Query::Form form = query_.parse(message, directory_.key());
  if (form == Query::Form::kDrop) {
    bump(counters_.dropped);
    return 0;
  }
  counters_.count_request(client.transport, query_.type, message.size());
  opt_.clear();
  if (query_.edns.asked != 0 && !answer_options(client)) form = Query::Form::kQuestion;
  size_t limit = std::min(kTcpSize, out.size());
  if (client.is_udp())
    limit = std::min<size_t>(limit, std::clamp(query_.edns.payload_size, kPlainUdpSize, options_.udp_size));
  const size_t opt_size = query_.edns.present ? kOptSize + opt_.size() : 0;
  Response response(out.data(), limit - opt_size, query_.question, rotation_);
  const ZoneAnswer answer = decide(form, message, client, response);
  const size_t size = finish(answer, form, response);
  const size_t zone = answer.zone == nullptr ? counters_.no_zone() : answer.zone->index();
  counters_.count_response(zone, static_cast<unsigned>(answer.rcode), size);
  return size;
}

/// The options that the query asks for. False where one of them makes it malformed.
bool Responder::answer_options(const Client& client) {
  const Edns& edns = query_.edns;
  // RFC 7828 §3.3.1: over UDP keepalive is ignored, whatever it says.
  if (!client.is_udp() && (edns.asked & Edns::kKeepaliveMalformed) != 0) return false;
  if ((edns.asked & Edns::kCookie) != 0 && options_.cookies != nullptr) {
    std::array<uint8_t, Cookies::kOptionSize> cookie;
    const auto now = static_cast<uint32_t>(std::time(nullptr));
    cookie_ = options_.cookies->answer(edns.cookie, socket_address(client.address).address, now, cookie);
    opt_.add_cookie(cookie);
  }
  if ((edns.asked & Edns::kNsid) != 0 && !options_.identity.nsid.empty()) opt_.add_nsid(options_.identity.nsid);
  if ((edns.asked & Edns::kKeepalive) != 0 && !client.is_udp()) opt_.add_keepalive(options_.keepalive);
  return true;
}

ZoneAnswer Responder::decide(Query::Form form, std::span<const uint8_t> message, const Client& client,
                             Response& response) {
  if (form != Query::Form::kWellFormed || (query_.flags & kOpcodeMask) != 0) return reject(form);
  if (query_.edns.version > 0) return {.rcode = Rcode::kBadVers};
  if (query_.klass != kClassIn) return answer_chaos(response);
  if (query_.type == rr_type::kAxfr && client.is_udp()) return {.rcode = Rcode::kFormErr};  // RFC 5936 §4.2
  if (query_.type == rr_type::kIxfr && client.is_udp()) return answer_ixfr(response);
  if (query_.type == rr_type::kAxfr || query_.type == rr_type::kIxfr) return answer_transfer(message, client, response);
  return answer_from_zones(directory_, query_.name, query_.type, response);
}

ZoneAnswer Responder::reject(Query::Form form) const {
  // RFC 8945 §5.2.1: we know no key. A TSIG is looked at before all else, for every opcode.
  if (form == Query::Form::kSigned) return {.rcode = Rcode::kNotAuth};
  if ((query_.flags & kOpcodeMask) != 0) {
    return {.rcode = Rcode::kNotImp, .extended_error = ExtendedError::kNotSupported};
  }
  return {.rcode = form == Query::Form::kNoQuestion ? rcode_without_question() : Rcode::kFormErr};
}

/// RFC 7873 §5.4: a client may ask for a cookie, and for nothing else.
Rcode Responder::rcode_without_question() const {
  if (query_.edns.version > 0) return Rcode::kBadVers;
  if ((query_.edns.asked & Edns::kCookie) == 0 || options_.cookies == nullptr) return Rcode::kFormErr;
  return cookie_ == Cookies::Sent::kInvalid ? Rcode::kBadCookie : Rcode::kNoError;
}

/// Another class than IN: CHAOS, or none of ours.
ZoneAnswer Responder::answer_chaos(Response& response) const {
  if (query_.klass != kClassChaos) {
    return {.rcode = Rcode::kRefused, .extended_error = ExtendedError::kNotAuthoritative};
  }
  const OwnerNode::Found found = chaos_.find(query_.name, query_.type);
  if (found.rrset == nullptr) return {.rcode = Rcode::kRefused, .extended_error = ExtendedError::kProhibited};
  response.add(Response::kAnswer, found, kHeaderSize);
  return {.authoritative = true};
}

/// IXFR over UDP: the SOA alone, by which the client sees that it has to come by TCP (RFC 1995 §2).
ZoneAnswer Responder::answer_ixfr(Response& response) const {
  const Zone* zone = directory_.find(query_.name);
  if (zone == nullptr || query_.name.labels() != zone->apex_labels()) {
    return {.rcode = Rcode::kNotAuth, .extended_error = ExtendedError::kNotAuthoritative};
  }
  return answer_from_zones(directory_, query_.name, rr_type::kSoa, response);
}

/// RFC 5936 and RFC 1995, over TCP.
ZoneAnswer Responder::answer_transfer(std::span<const uint8_t> message, const Client& client, Response& response) {
  const Zone* zone = directory_.find(query_.name);
  if (zone == nullptr || query_.name.labels() != zone->apex_labels()) {
    return {.rcode = Rcode::kNotAuth, .extended_error = ExtendedError::kNotAuthoritative};  // RFC 5936 §2.2.1
  }
  const IpAddress address = socket_address(client.address).address;
  const auto has_it = [&](const IpBlock& block) { return block.contains(address); };
  if (std::ranges::none_of(options_.transfer_allow, has_it)) {
    return {.rcode = Rcode::kRefused, .extended_error = ExtendedError::kProhibited, .zone = zone};
  }
  if (!zone->complete()) {
    return {.rcode = Rcode::kServFail, .extended_error = ExtendedError::kNotReady, .zone = zone};
  }
  if (query_.type == rr_type::kIxfr) {
    const auto known = ixfr_serial(message, query_.question);
    if (!known) return {.rcode = Rcode::kFormErr, .zone = zone};
    // RFC 1995 §2, by RFC 1982's arithmetic: a client that has as much already gets the SOA alone.
    if (static_cast<int32_t>(*known - zone->serial()) >= 0) {
      return answer_from_zones(directory_, query_.name, rr_type::kSoa, response);
    }
  }
  transfer_ = zone;
  return {.authoritative = true, .zone = zone};
}

/// Adds OPT and TSIG, and writes the header. Returns the response's octets.
size_t Responder::finish(const ZoneAnswer& answer, Query::Form form, Response& response) {
  uint8_t* const out = response.record(0);
  size_t size = response.size();
  const bool edns = query_.edns.present;
  unsigned additional = response.count(Response::kAdditional);
  // Errors have no records, so there is room for it.
  if (answer.extended_error != ExtendedError::kNone) opt_.add_extended_error(answer.extended_error);
  if (edns) {
    size += write_opt(out + size, options_.udp_size, answer.rcode, query_.edns.dnssec_ok, opt_);
    ++additional;
  }
  if (form == Query::Form::kSigned) {
    if (query_.tsig.bad_key_size() <= response.room()) {
      size += query_.tsig.write_bad_key(out + size);
      ++additional;
    } else {
      response.set_truncated();
    }
  }

  unsigned flags =
      kFlagQr | (query_.flags & (kOpcodeMask | kFlagRd | kFlagCd)) | (static_cast<unsigned>(answer.rcode) & kRcodeMask);
  if (answer.authoritative) flags |= kFlagAa;
  if (response.truncated()) flags |= kFlagTc;
  put16(out, query_.id);
  put16(out + 2, flags);
  put16(out + 4, query_.question.empty() ? 0 : 1);
  put16(out + 6, response.count(Response::kAnswer));
  put16(out + 8, response.count(Response::kAuthority));
  put16(out + 10, additional);
  return size;
}

}  // namespace meshdns
