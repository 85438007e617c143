#pragma once

// A query taken apart: its header, its question, its OPT and TSIG. Nothing is copied but the name's lower-case form, and what of a
// TSIG comes back.

#include <cstdint>
#include <span>

#include "server/edns.h"
#include "server/tsig.h"
#include "zone/query_name.h"

namespace meshdns {

/// A scratch object, as large as a QueryName: one a worker.
struct Query {
  /// How far a message can be understood.
  enum class Form : uint8_t {
    kDrop,        // no header, or a response: never answered
    kHeader,      // FORMERR, and the response carries no question
    kQuestion,    // FORMERR behind the question, which the response repeats where there is one
    kNoQuestion,  // well-formed, but for that
    kSigned,      // well-formed, with a TSIG
    kWellFormed,
  };

  /// Reads `message`, which must outlive the use of `question`. Sets every member.
  Form parse(std::span<const uint8_t> message, const HashKey& key);

  uint16_t id;
  uint16_t flags;                     // the header's second 16 bits
  std::span<const uint8_t> question;  // name, type and class as they came; may be empty but with kWellFormed
  uint16_t type;                      // 0 without a question
  uint16_t klass;
  Edns edns;       // what it asks for is there with well-formed queries alone
  QueryName name;  // with a question
  Tsig tsig;       // with kSigned

 private:
  static bool is_bare_opt(std::span<const uint8_t> message, size_t at);
  Form parse_records(std::span<const uint8_t> message, size_t at);
};

}  // namespace meshdns
