#pragma once

// Zone files: RFC 1035 §5 master files with $ORIGIN, $TTL (RFC 2308 §4) and $INCLUDE, every type that ldns parses, and
// RFC 3597 for the rest. Records are read one by one by ldns, in a loop that checks what ldns does not.
//
// A record without a TTL has that of $TTL, before any $TTL that of the record before it, and before any TTL that of the
// options. A $TTL of an included file stays in effect behind the $INCLUDE (RFC 2308 §4); origin and owner are those
// from before it (RFC 1035 §5.1).
//
// Errors read "FILE:LINE: what was found, expected …". Any thread; a million records take some seconds.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zone/file_stamp.h"
#include "zone/result.h"
#include "zone/zone_records.h"

namespace meshdns {

struct ZoneFileOptions {
  Name apex;
  uint32_t ttl = 30;   // seconds, of records before any $TTL and any TTL
  bool whole = false;  // a file without SOA and NS is an error; else SOA and NS come together or not at all
};

/// Of a zone's file and what it includes, together: some six million records, for whose parsing 2 GiB are needed.
inline constexpr size_t kMaxZoneFileBytes = 256 << 20;

/// $INCLUDEs within $INCLUDEs.
inline constexpr size_t kMaxIncludeDepth = 16;

/// $INCLUDEs of a reading, those of the same file as well.
inline constexpr size_t kMaxIncludes = 10'000;

/// A file that was read, or that should have been.
struct ZoneFileRead {
  std::string path;
  std::optional<FileStamp> stamp;  // when it was read; nothing: there was no such file
  bool settled = false;            // what has that stamp has the same content

  bool operator==(const ZoneFileRead&) const = default;
};

/// Reads all of `path` and what it includes, or nothing: the error names file, line and reason. Blocks the calling
/// thread. `files`, if any, gets each file once, after an error as well: what to watch.
Result<ZoneRecords> read_zone_file(const std::string& path, const ZoneFileOptions& options,
                                   std::vector<ZoneFileRead>* files = nullptr);

/// The same for text in memory, which errors call `file`. $INCLUDE is an error.
Result<ZoneRecords> read_zone_text(std::string_view text, const std::string& file, const ZoneFileOptions& options);

}  // namespace meshdns
