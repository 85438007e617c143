#pragma once

// Whether a stub domain works, by real queries: each name server directly, then each way that a pod's query may take, compared with that.
// Over UDP and TCP: the zone's SOA, A and AAAA of a name that exists, a name that does not, and one of the cluster's own names.
//
// Serials are not compared: each meshdns counts its own, and caches lag behind. Plain values; queries block the calling thread.
//
// Threads: any; nothing is shared.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/stub/dns_probe.h"
#include "k8s/stub/hop.h"
#include "zone/name.h"

namespace meshdns {

/// A name that the cluster's DNS answers itself, and goes on to.
struct OwnName {
  Name name;
  std::vector<IpAddress> addresses;  // as it was; empty: any
};

struct VerificationPlan {
  Name zone;
  std::vector<Hop> servers;         // at least one
  std::vector<Hop> hops;            // in the order in which queries come through them, nearest to the servers first
  std::optional<Name> known;        // a name in the zone that has an address; without it, the first that has one of
  std::vector<Name> candidates;     // these, and of the zone's name servers
  std::optional<OwnName> own_name;  // without it, not asked for
  std::chrono::milliseconds patience{2000};  // for each query
};

/// What is wrong with one answer.
enum class Fault : uint8_t {
  kNone,
  kSilent,        // no answer
  kServfail,      // asked on, without an answer
  kOtherServer,   // of a server: it is not authoritative for the zone
  kNotForwarded,  // of a hop: it answers from elsewhere
  kOtherAnswer,   // of the zone, but not the answer that was expected
  kOwnName,       // the cluster's own name is not answered as before
};

struct Step {
  Hop hop;
  Transport transport;
  std::string question;  // "global SOA"
  std::string answer;    // "NOERROR, 240.0.0.2", or why there is none
  std::chrono::microseconds took;
  Fault fault = Fault::kNone;
  std::string reason{};  // of the fault: what was expected
};

struct Verification {
  std::vector<Step> steps;
  std::optional<Name> known;  // that was asked for

  bool passed() const;
  bool server_fails() const;
};

/// All steps once; those of the hops only where each server is as it should be.
Verification ask_once(const VerificationPlan& plan);

/// Asks until everything is as it should be twice in a row (a CoreDNS that reloads answers in both ways for a moment), or `limit` has
/// passed, or a server itself fails, which waiting does not mend. `meanwhile` is called after each try that failed and is not the last; it
/// may bring the plan's hops up to date.
Verification ask_until_live(VerificationPlan plan, std::chrono::milliseconds limit,
                            const std::function<void(const Verification&, VerificationPlan&)>& meanwhile);

/// Whether any of them answers DNS here, whatever it answers.
bool any_answers(const std::vector<Hop>& hops, std::chrono::milliseconds patience);

}  // namespace meshdns
