#include "server/transfer_request.h"

#include "server/wire.h"
#include "zone/rr_type.h"

namespace meshdns {
namespace {

constexpr size_t kRecordFixed = 10;    // TYPE, CLASS, TTL, RDLENGTH
constexpr size_t kSoaNumbers = 5 * 4;  // behind the two names, which may be compressed: SERIAL comes first

}  // namespace

std::optional<uint32_t> ixfr_serial(std::span<const uint8_t> message, std::span<const uint8_t> question) {
  if (get16(&message[6]) != 0 || get16(&message[8]) != 1) return std::nullopt;
  size_t at = static_cast<size_t>(question.data() - message.data()) + question.size();
  while (message[at] != 0 && message[at] < 0xc0) at += message[at] + size_t{1};
  at += message[at] == 0 ? 1 : 2;
  const size_t size = get16(&message[at + kRecordFixed - 2]);
  if (get16(&message[at]) != rr_type::kSoa || size < kSoaNumbers + 2) return std::nullopt;
  return get32(&message[at + kRecordFixed + size - kSoaNumbers]);
}

}  // namespace meshdns
