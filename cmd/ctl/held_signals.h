#pragma once

// SIGINT and SIGTERM, held back while something is to be cleared away: they take effect when this goes.
//
// Threads: the main thread's, before it has started others.

#include <csignal>

namespace meshdns {

class HeldSignals {
 public:
  HeldSignals() {
    sigemptyset(&held_);
    sigaddset(&held_, SIGINT);
    sigaddset(&held_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &held_, &before_);
  }
  ~HeldSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

  /// One has come: clear away, and end.
  bool pending() const {
    sigset_t waiting;
    return sigpending(&waiting) == 0 && (sigismember(&waiting, SIGINT) == 1 || sigismember(&waiting, SIGTERM) == 1);
  }

 private:
  sigset_t held_{};
  sigset_t before_{};
};

}  // namespace meshdns
