#pragma once

// Why a name is answered as it is: for /explain and for people. Plain data; made by the catalog on the control thread.

#include <cstdint>
#include <string>
#include <vector>

namespace meshdns {

struct Explanation {
  /// How the zone's data decides. kNotReady: not in the zone, and a source has not synced, or the zone's file has not been
  /// read (SERVFAIL, EDE 14). kReferral: at or below a zone cut. kRedirect: an alias, by CNAME or DNAME.
  enum class Outcome : uint8_t { kAnswer, kNoData, kNxDomain, kRefused, kNotReady, kReferral, kRedirect };

  /// An object that names the owner that gives the answer.
  struct Claimant {
    std::string source;
    std::string object;                  // namespace/name
    int64_t created = 0;                 // Unix seconds
    std::vector<std::string> addresses;  // what it would answer
    std::string origin;                  // where it has them from: "spec.addresses"
    bool wins = false;
    std::string why;  // "the only claimant", "younger than east/bar/a", …
  };

  /// A part of an object that asked for the name, and was not served.
  struct Skipped {
    std::string source;
    std::string object;
    std::string what;
    std::string reason;
    std::string detail;
  };

  Outcome outcome = Outcome::kRefused;
  std::string zone;                  // empty where no zone of ours holds the name
  std::string closest_encloser;      // empty without a zone
  std::string owner;                 // the owner that gives the answer: the name, or the wildcard; empty without one
  std::vector<std::string> records;  // the answer in presentation form, as the query name's records
  std::vector<Claimant> claimants;   // the winner first; at most 100
  std::vector<Skipped> skipped;
  std::string note;  // what a person should know besides: "an existing name blocks the wildcard *.bar.global", …
};

}  // namespace meshdns
