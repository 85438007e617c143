#pragma once

// Zones as master files (RFC 1035 §5), written as people write them: each time another of the ways that the format allows.

#include <string>

#include "tests/model/record.h"

namespace meshdns::model {

/// What a record has that comes before any $TTL and any TTL.
constexpr uint32_t kFileTtl = 30;

/// The zone, its SOA first. `seed` chooses the spelling: $ORIGIN and relative names, $TTL and what is left out, upper case,
/// parentheses, comments, RFC 3597's forms, records
/// twice. 0: none of that.
std::string master_file(const Zone& zone, uint64_t seed);

}  // namespace meshdns::model
