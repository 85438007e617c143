#include "server/query.h"

#include "server/wire.h"
#include "zone/rr_type.h"

namespace meshdns {
namespace {

constexpr size_t kQuestionFixed = 4;  // QTYPE, QCLASS
constexpr size_t kRecordFixed = 10;   // TYPE, CLASS, TTL, RDLENGTH

/// The octets that the possibly compressed name at `at` takes up there; 0 where it is malformed. Pointers are not followed: what
/// they lead to does not matter to us.
size_t skip_name(std::span<const uint8_t> message, size_t at) {
  for (const size_t start = at; at < message.size(); at += message[at] + size_t{1}) {
    if (message[at] == 0) return at + 1 - start;
    if (message[at] >= 0xc0) return at + 2 <= message.size() ? at + 2 - start : 0;
    if (message[at] > Name::kMaxLabel) return 0;
  }
  return 0;
}

}  // namespace

Query::Form Query::parse(std::span<const uint8_t> message, const HashKey& key) {
  question = message.first(0);  // empty, and yet somewhere: copying nothing from nowhere is undefined
  type = 0;
  klass = 0;
  edns = {};
  if (message.size() < kHeaderSize) return Form::kDrop;
  id = get16(message.data());
  flags = get16(message.data() + 2);
  if ((flags & kFlagQr) != 0) return Form::kDrop;
  // RFC 9619: a QUERY has one question.
  if (get16(message.data() + 4) != 1) return Form::kHeader;

  const size_t name_size = name.parse(message.subspan(kHeaderSize), key);
  const size_t at = kHeaderSize + name_size + kQuestionFixed;
  if (name_size == 0 || at > message.size()) return Form::kHeader;
  question = message.subspan(kHeaderSize, name_size + kQuestionFixed);
  type = get16(message.data() + at - 4);
  klass = get16(message.data() + at - 2);
  const size_t plain = size_t{get16(message.data() + 6)} + get16(message.data() + 8);
  return parse_records(message, at, plain, get16(message.data() + 10)) ? Form::kWellFormed : Form::kQuestion;
}

/// The `plain` records of answer and authority, then the additional ones, up to the message's very end.
bool Query::parse_records(std::span<const uint8_t> message, size_t at, size_t plain, size_t additional) {
  for (size_t i = 0; i < plain + additional; ++i) {
    const size_t name_size = skip_name(message, at);
    if (name_size == 0 || at + name_size + kRecordFixed > message.size()) return false;
    const uint8_t* fields = message.data() + at + name_size;
    const size_t rdata = at + name_size + kRecordFixed;
    const size_t rdata_size = get16(fields + 8);
    if (rdata + rdata_size > message.size()) return false;
    at = rdata + rdata_size;
    if (i < plain || get16(fields) != rr_type::kOpt) continue;
    // RFC 6891 §6.1.1: at most one, owned by the root.
    if (edns.present || name_size != 1 || !parse_opt(fields, message.subspan(rdata, rdata_size))) return false;
  }
  return at == message.size();
}

bool Query::parse_opt(const uint8_t* fields, std::span<const uint8_t> options) {
  constexpr unsigned kDnssecOk = 0x80;  // of the third octet of what is the TTL elsewhere
  edns = {.present = true,
          .dnssec_ok = (fields[6] & kDnssecOk) != 0,
          .version = fields[5],
          .payload_size = get16(fields + 2)};
  while (!options.empty()) {
    if (options.size() < 4) return false;
    const size_t size = size_t{4} + get16(options.data() + 2);
    if (size > options.size()) return false;
    options = options.subspan(size);
  }
  return true;
}

}  // namespace meshdns
