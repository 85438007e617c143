#include "server/query.h"

#include "server/record.h"
#include "server/wire.h"
#include "zone/rr_type.h"

namespace meshdns {
namespace {

constexpr size_t kQuestionFixed = 4;  // QTYPE, QCLASS

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
  Record record;
  for (size_t i = 0; i < plain + additional; ++i) {
    if (!record.read(message, at)) return false;
    if (i < plain || record.type() != rr_type::kOpt) continue;
    // RFC 6891 §6.1.1: at most one, owned by the root.
    if (edns.present || record.owner_size != 1 || !edns.parse(record.fields, record.rdata)) return false;
  }
  return at == message.size();
}

}  // namespace meshdns
