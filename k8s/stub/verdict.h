#pragma once

// What a verification means, in a sentence: which hop fails, why, and what to look at. A pure function.

#include <string>
#include <vector>

#include "k8s/stub/verification.h"
#include "zone/name.h"

namespace meshdns {

struct Verdict {
  bool passed = false;
  std::string cause;     // a word for programs, such as "server-down"; empty where it passed
  std::string hop;       // that fails; empty where it passed
  std::string sentence;  // without a full stop
};

Verdict verdict_of(const VerificationPlan& plan, const Verification& verification);

/// What to know of a zone that is delegated in a cluster, each a sentence.
std::vector<std::string> zone_warnings(const Name& zone);

}  // namespace meshdns
