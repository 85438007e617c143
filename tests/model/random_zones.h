#pragma once

// Zones in which everything meets: names of few labels, so that aliases, wildcards, cuts and what they point to fall onto and
// below one another, within a zone and across zones.

#include <cstdint>
#include <vector>

#include "tests/model/record.h"

namespace meshdns::model {

/// One to four zones, often nested, the root among them; each as a master file may have it (SOA and NS at the apex, CNAME
/// alone, one TTL an RRset, no record twice), with everything beyond that: names at and below cuts and DNAMEs too.
std::vector<Zone> random_zones(uint64_t seed);

}  // namespace meshdns::model
