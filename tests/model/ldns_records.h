#pragma once

// Messages and record texts as ldns understands them: an implementation that shares nothing with ours.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tests/model/record.h"

namespace meshdns::model {

/// A response as ldns reads it. Names and names in data are in lower case.
struct Response {
  std::string header_and_question;  // the octets, as they came
  Answer answer;
};

/// Nothing where ldns does not take it, or there are octets left, or it is not a question and three sections.
std::optional<Response> parse_response(std::span<const uint8_t> message);

/// One record in presentation form, relative names below `origin`, the TTL 300 where there is none. Throws where ldns does
/// not take it.
Record parse_record(const std::string& line, const Name& origin);

}  // namespace meshdns::model
