#pragma once

// Included before everything else in the program of the concurrency test: see MESHDNS_STEP in zone/owner_index.h.

#include <sched.h>

namespace meshdns::test {

/// Lets another thread run, now and then: often enough for threads to meet between any two steps, rarely enough to go on.
inline void step() {
  static thread_local unsigned random = 1;
  random = random * 1664525 + 1013904223;
  if ((random >> 24 & 3) == 0) sched_yield();
}

}  // namespace meshdns::test

#define MESHDNS_STEP() meshdns::test::step()
