#include "server/query_log.h"

#include <spdlog/spdlog.h>

#include <string>

#include "server/query.h"
#include "server/record_view.h"
#include "server/socket_address.h"
#include "server/wire.h"
#include "zone/record_text.h"
#include "zone/rr_type.h"

namespace meshdns {
namespace {

/// "qr,aa,rd": the flags that are set, in the header's order.
std::string flags_text(unsigned flags) {
  struct Flag {
    unsigned bit;
    const char* name;
  };
  static constexpr Flag kFlags[] = {
      {kFlagQr, "qr"}, {kFlagAa, "aa"}, {kFlagTc, "tc"}, {kFlagRd, "rd"}, {kFlagCd, "cd"}};
  std::string text;
  for (const Flag& flag : kFlags) {
    if ((flags & flag.bit) == 0) continue;
    if (!text.empty()) text.push_back(',');
    text += flag.name;
  }
  return text;
}

/// With the upper bits in the OPT (RFC 6891 §6.1.3): BADVERS and BADCOOKIE are such. `response` is ours, and so well-formed.
unsigned rcode_of(std::span<const uint8_t> response) {
  unsigned rcode = get16(response.data() + 2) & kRcodeMask;
  constexpr size_t kQuestionFixed = 4;
  size_t at = kHeaderSize;
  if (get16(response.data() + 4) != 0) at += skip_name(response, at) + kQuestionFixed;
  for (RecordView record{}; record.read(response, at);) {
    if (record.type() == rr_type::kOpt) rcode |= unsigned{record.fields[4]} << 4U;
  }
  return rcode;
}

}  // namespace

void log_query(QueryLog mode, const sockaddr& client, Transport transport, std::span<const uint8_t> query,
               std::span<const uint8_t> response, std::chrono::nanoseconds duration) {
  const unsigned flags = get16(response.data() + 2);
  const unsigned rcode = rcode_of(response);
  const bool ordinary =
      rcode == static_cast<unsigned>(Rcode::kNoError) || rcode == static_cast<unsigned>(Rcode::kNxDomain);
  if (mode == QueryLog::kErrors && ordinary) return;

  static const HashKey kKey = HashKey::random();  // the name is not looked up
  Query parsed;
  parsed.parse(query, kKey);
  const auto name = parsed.question.empty() ? Result<Name>(Error{}) : Name::from_wire(parsed.name.wire());
  const bool udp = transport == Transport::kUdp4 || transport == Transport::kUdp6;
  spdlog::info("{} {} \"{} {} {} {} {} {} {}\" {} {} {} {:.9f}s", socket_address(client).text(), parsed.id,
               type_text(parsed.type), class_text(parsed.klass), name ? name->text() : "-", udp ? "udp" : "tcp",
               query.size(), parsed.edns.dnssec_ok, parsed.edns.present ? parsed.edns.payload_size : 512,
               rcode_name(rcode), flags_text(flags), response.size(), std::chrono::duration<double>(duration).count());
}

}  // namespace meshdns
