#pragma once

// Records, zones, queries and answers: what the model, its input and the comparison are made of.

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/model/name.h"

namespace meshdns::model {

namespace type {
constexpr uint16_t kA = 1, kNs = 2, kCname = 5, kSoa = 6, kMx = 15, kTxt = 16, kAaaa = 28, kSrv = 33, kDname = 39,
                   kDs = 43, kSvcb = 64, kHttps = 65, kAny = 255, kUnknown = 65280;
}  // namespace type

namespace rcode {
constexpr unsigned kNoError = 0, kNxDomain = 3, kRefused = 5, kYxDomain = 6;
}  // namespace rcode

struct Record {
  Name owner;
  uint16_t type = 0;
  uint32_t ttl = 0;   // seconds
  std::string rdata;  // wire form, names uncompressed
  auto operator<=>(const Record&) const = default;
};

struct Zone {
  Name apex;
  std::vector<Record> records;
};

struct Query {
  Name name;
  uint16_t type;
};

struct Answer {
  unsigned rcode = rcode::kNoError;
  bool authoritative = false;
  std::vector<Record> answer, authority, additional;
  bool operator==(const Answer&) const = default;
};

/// The name that the record's data refers to: NSDNAME, the exchange, the target; nothing for types that have none.
std::optional<Name> target_of(const Record& record);

/// With the names in its data in lower case, so that records compare as RFC 4034 §6.2 has it.
Record folded(Record record);

std::string type_text(uint16_t type);

/// "a.example. 30 MX 10 mail.example."
std::string text(const Record& record);

/// The data alone; a name within it is written by `name_text`.
std::string rdata_text(const Record& record, const std::function<std::string(const Name&)>& name_text);

/// "NOERROR aa", and a line for each record, sections and records in order.
std::string text(const Answer& answer);

}  // namespace meshdns::model
