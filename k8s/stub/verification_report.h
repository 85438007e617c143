#pragma once

// A verification as JSON: what is printed, and what a pod leaves behind as its termination message.
//
//   {passed, cause, hop, serverFails, verdict, zone, name, warnings: […], steps: [{hop, over, question, answer, milliseconds, ok, reason}], leftOut}
//
// Source: https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "k8s/stub/verdict.h"
#include "k8s/stub/verification.h"
#include "zone/result.h"

namespace meshdns {

nlohmann::ordered_json verification_report(const VerificationPlan& plan, const Verification& verification);

/// As many octets as kubelet keeps of a termination message.
inline constexpr size_t kTerminationMessage = 4096;

/// The report within that. Where it is longer, steps are left out, those that are as they should be first; leftOut says how many.
std::string termination_message(nlohmann::ordered_json report);

/// A report that another process has written: each field is there and of its type. The error says what is wrong.
Result<nlohmann::ordered_json> parse_verification_report(std::string_view text);

}  // namespace meshdns
