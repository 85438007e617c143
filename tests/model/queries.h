#pragma once

// What to ask of zones: the names at which something may go wrong, of all types that do.

#include <array>
#include <vector>

#include "tests/model/record.h"

namespace meshdns::model {

inline constexpr std::array kQueryTypes = {type::kA,     type::kAaaa, type::kNs,     type::kSoa, type::kCname,
                                           type::kDname, type::kDs,   type::kMx,     type::kSrv, type::kTxt,
                                           type::kHttps, type::kAny,  type::kUnknown};

/// Every owner and what is above it, each with a child, a grandchild and an asterisk child; targets; names that DNAMEs move to
/// where something is, and to 255 and 256 octets; names outside.
std::vector<Name> interesting_names(const std::vector<Zone>& zones);

/// The query in wire form: the name's case, the ID and the flags that a client may set are those that `noise` gives.
std::string query_message(const Query& query, uint64_t noise);

}  // namespace meshdns::model
