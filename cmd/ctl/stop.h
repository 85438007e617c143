#pragma once

// The early end of a command: thrown where a step cannot be done, caught where the command begins.

#include <string>
#include <utility>

#include "cmd/ctl/command.h"
#include "zone/result.h"

namespace meshdns {

struct Stop {
  Ended ended;
};

[[noreturn]] inline void stop(int code, std::string text) { throw Stop{{code, std::move(text)}}; }

/// The value, or the end of the command with that code.
template <class T>
T value_or_stop(Result<T> result, int code, const std::string& where = "") {
  if (!result) stop(code, where + result.error());
  return *std::move(result);
}

/// Runs a command to its end, early or not.
template <class Run>
Ended ended_by(const Run& run) {
  try {
    return run();
  } catch (const Stop& stopped) {
    return stopped.ended;
  }
}

}  // namespace meshdns
