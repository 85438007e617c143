#pragma once

// What our zones say about a name: the algorithm of RFC 1034 §4.3.2, with wildcards (RFC 4592), DNAME (RFC 6672), negative answers
// (RFC 2308) and ANY (RFC 8482). Writes the sections of the response.
//
// Aliases are followed within all zones of the server, at most kMostAliases of them; one that leads back ends the answer, as does a
// target in no zone of ours. The answer's rcode is that of the last name.
//
// Threads: those of readers, within an epoch. Locks, allocates and throws nothing.

#include <cstddef>
#include <cstdint>

#include "server/edns.h"
#include "server/response.h"
#include "server/wire.h"
#include "zone/query_name.h"

namespace meshdns {

class Directory;
class Zone;

inline constexpr size_t kMostAliases = 16;  // resolvers give up at about as many; each costs a lookup

struct ZoneAnswer {
  Rcode rcode = Rcode::kNoError;
  bool authoritative = false;  // about the first owner (RFC 1034 §4.1.1: AA)
  ExtendedError extended_error = ExtendedError::kNone;
  const Zone* zone = nullptr;  // that the question's name is in
};

/// `name` is the question's.
ZoneAnswer answer_from_zones(const Directory& directory, const QueryName& name, uint16_t type, Response& response);

}  // namespace meshdns
