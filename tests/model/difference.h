#pragma once

// Whether a response is what the model says.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tests/model/record.h"

namespace meshdns::model {

/// What is wrong with the response to `query` (a message), where the answers `right` are right. Empty: nothing. Sections are
/// compared as sets without duplicates, and the CNAMEs and DNAMEs of the answer section in their order.
std::string difference(const std::string& query, std::span<const uint8_t> response, std::vector<Answer> right);

}  // namespace meshdns::model
