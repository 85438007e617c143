#pragma once

// Zone files: RFC 1035 §5 master files with $ORIGIN, $TTL (RFC 2308 §4) and $INCLUDE, every type that ldns parses, and RFC 3597 for
// the rest. Records are read one by one by ldns, in a loop that checks what ldns does not.

#include <cstdint>
#include <string>

#include "zone/result.h"
#include "zone/zone_records.h"

namespace meshdns {

struct ZoneFileOptions {
  Name apex;
  uint32_t ttl = 30;   // seconds, of records before any $TTL and any TTL
  bool whole = false;  // a file without SOA and NS is an error; else SOA and NS come together or not at all
};

/// Reads all of `path` and what it includes, or nothing: the error names file, line and reason. Blocks the calling thread.
Result<ZoneRecords> read_zone_file(const std::string& path, const ZoneFileOptions& options);

}  // namespace meshdns
