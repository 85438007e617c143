#include "server/query.h"

#include "server/record_view.h"
#include "server/wire.h"
#include "zone/rr_type.h"

namespace meshdns {

Query::Form Query::parse(std::span<const uint8_t> message, const HashKey& key) {
  question = message.first(0);  // empty, and yet somewhere: copying nothing from nowhere is undefined
  type = 0;
  klass = 0;
  edns = {};
  if (message.size() < kHeaderSize) return Form::kDrop;
  id = get16(message.data());
  flags = get16(message.data() + 2);
  if ((flags & kFlagQr) != 0) return Form::kDrop;
  const unsigned questions = get16(message.data() + 4);
  size_t at = kHeaderSize;
  if (questions == 1) {
    constexpr size_t kQuestionFixed = 4;  // QTYPE, QCLASS
    const size_t name_size = name.parse(message.subspan(kHeaderSize), key);
    at += name_size + kQuestionFixed;
    if (name_size == 0 || at > message.size()) return Form::kHeader;
    question = message.subspan(kHeaderSize, name_size + kQuestionFixed);
    type = get16(message.data() + at - 4);
    klass = get16(message.data() + at - 2);
  } else if (questions != 0) {
    return Form::kHeader;  // RFC 9619
  }
  const Form form = parse_records(message, at);
  return form == Form::kWellFormed && questions == 0 ? Form::kNoQuestion : form;
}

/// Whether an OPT without options is all that is behind the question, as in most queries.
bool Query::is_bare_opt(std::span<const uint8_t> message, size_t at) {
  const uint8_t* counts = message.data() + 6;
  const uint8_t* opt = message.data() + at;
  return message.size() == at + kOptSize && get32(counts) == 0 && get16(counts + 4) == 1 && opt[0] == 0 &&
         get16(opt + 1) == rr_type::kOpt && get16(opt + 9) == 0;
}

/// The records behind the question, up to the message's very end.
Query::Form Query::parse_records(std::span<const uint8_t> message, size_t at) {
  if (is_bare_opt(message, at)) {
    edns.parse(message.data() + at + 1, {});
    return Form::kWellFormed;
  }
  const size_t plain = size_t{get16(message.data() + 6)} + get16(message.data() + 8);  // answer and authority
  const size_t all = plain + get16(message.data() + 10);
  Form form = Form::kWellFormed;
  RecordView record;
  for (size_t i = 0; i < all && form != Form::kQuestion; ++i) {
    if (!record.read(message, at)) {
      form = Form::kQuestion;
    } else if (record.type() == rr_type::kOpt) {
      // RFC 6891 §6.1.1: at most one, in the additional section, owned by the root.
      const bool good = i >= plain && !edns.present && record.owner_size == 1 && edns.parse(record.fields, record.rdata);
      if (!good) form = Form::kQuestion;
    } else if (record.type() == rr_type::kTsig) {
      // RFC 8945 §5.1: the last record of the additional section.
      const bool good = i >= plain && i + 1 == all && tsig.parse(message, record);
      form = good ? Form::kSigned : Form::kQuestion;
    }
  }
  if (at != message.size()) form = Form::kQuestion;
  if (form == Form::kQuestion) edns.asked = 0;
  return form;
}

}  // namespace meshdns
