#include "tests/model/difference.h"

#include <algorithm>

#include "tests/model/ldns_records.h"

namespace meshdns::model {
namespace {

constexpr size_t kHeaderSize = 12;

void sort(Answer& answer) {
  for (auto* section : {&answer.answer, &answer.authority, &answer.additional})
    std::sort(section->begin(), section->end());
}

bool has_duplicate(const Answer& sorted) {
  const auto twice = [](const std::vector<Record>& section) {
    return std::adjacent_find(section.begin(), section.end()) != section.end();
  };
  return twice(sorted.answer) || twice(sorted.authority) || twice(sorted.additional);
}

/// RFC 1034 §3.6.2: a chain is read from its start. Other records may stand in any order.
std::vector<Record> chain(const Answer& answer) {
  std::vector<Record> chain;
  for (const Record& record : answer.answer) {
    if (record.type == type::kCname || record.type == type::kDname) chain.push_back(record);
  }
  return chain;
}

/// ID, opcode, RD and CD are the query's; QR is set; TC, RA, Z and AD are not (RFC 1035 §4.1.1, RFC 4035 §3.1.6). AA and the
/// rcode are the answer's.
bool fits(const std::string& query, const std::string& response) {
  const auto octet = [](const std::string& message, size_t at) {
    return static_cast<unsigned>(static_cast<uint8_t>(message[at]));
  };
  return response.substr(0, 2) == query.substr(0, 2) && (octet(response, 2) & ~4U) == (0x80 | (octet(query, 2) & 1)) &&
         (octet(response, 3) & 0xf0) == (octet(query, 3) & 0x10) &&
         response.substr(kHeaderSize) == query.substr(kHeaderSize);
}

}  // namespace

std::string difference(const std::string& query, std::span<const uint8_t> response, std::vector<Answer> right) {
  std::optional<Response> parsed = parse_response(response);
  if (!parsed) return "the response of " + std::to_string(response.size()) + " octets cannot be parsed";
  if (!fits(query, parsed->header_and_question)) return "the header's flags or the question do not fit the query";
  Answer& given = parsed->answer;
  const std::vector<Record> given_chain = chain(given);
  sort(given);
  if (has_duplicate(given)) return "a record twice in\n" + text(given);
  std::string all;
  for (Answer& expected : right) {
    const std::vector<Record> expected_chain = chain(expected);
    sort(expected);
    if (given == expected && given_chain == expected_chain) return "";
    all += "expected " + text(expected) + "\n";
  }
  return all + "given " + text(given);
}

}  // namespace meshdns::model
