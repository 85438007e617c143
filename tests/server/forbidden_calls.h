#pragma once

// Counts what the query path must not do: a program that links forbidden_calls.cc has malloc and its like, the locking of mutexes
// and the throwing of exceptions replaced by versions that count. glibc alone; not together with sanitizers, which replace them too.

#include <cstddef>

namespace meshdns::test {

struct ForbiddenCalls {
  size_t allocations = 0;
  size_t locks = 0;
  size_t throws = 0;
};

void begin_counting();
ForbiddenCalls end_counting();

/// What `run` does on this thread.
template <class Run>
ForbiddenCalls count_forbidden_calls(Run run) {
  begin_counting();
  run();
  return end_counting();
}

}  // namespace meshdns::test
