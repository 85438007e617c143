#pragma once

// What an authoritative server answers, as the RFCs have it: RFC 1034 §4.3.2 with 2181, 2308, 4035, 4592, 6672, 8020,
// 8482, 9460 and 9471, each step with its clause. Slow and obvious; it shares no code with zone/ and server/, whose answers
// are compared with it. Not of its matter: messages, sizes, EDNS.
//
// Where the RFCs leave room:
//   chains       followed through all zones of the server, at most kMostAliases CNAMEs, and never back to a name that was
//                there; the rcode and the authority are those of the last name; AA is that of the first
//   positive     answers have an empty authority section
//   additional   addresses at exactly the target's name in the zone that gave the RRset: no wildcards, no other zones

#include <map>
#include <vector>

#include "tests/model/record.h"

namespace meshdns::model {

constexpr size_t kMostAliases = 16;

using Rrset = std::vector<Record>;
using Node = std::map<uint16_t, Rrset>;  // by type; without any: an empty non-terminal (RFC 4592 §2.2.2)

/// A zone as a tree: every name that exists in it (RFC 4592 §2.2), what is not authoritative included.
struct Tree {
  Name apex;
  std::map<Name, Node> nodes;
};

class Model {
 public:
  /// Each zone has its SOA.
  explicit Model(const std::vector<Zone>& zones);

  /// The answers that are right. More than one for ANY alone: the server chooses an RRset (RFC 8482 §4.1).
  std::vector<Answer> answers(const Query& query) const;

 private:
  std::vector<Tree> zones_;
};

}  // namespace meshdns::model
