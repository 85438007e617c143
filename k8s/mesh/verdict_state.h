#pragma once

// How a verification ends.

#include <cstdint>

namespace meshdns {

enum class VerdictState : uint8_t { kPassed, kFailed, kInconclusive };

/// "passed", "failed", "inconclusive".
inline const char* state_text(VerdictState state) {
  switch (state) {
    case VerdictState::kPassed:
      return "passed";
    case VerdictState::kFailed:
      return "failed";
    case VerdictState::kInconclusive:
      return "inconclusive";
  }
  return "";
}

}  // namespace meshdns
