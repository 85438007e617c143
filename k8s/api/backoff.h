#pragma once

// How long to wait before the next attempt: 0.8 s, doubling to 30 s, each with up to as much again at random, so that
// the replicas of a Deployment do not come back in step. Source: client-go, tools/cache/reflector.go (its backoff
// manager).

#include <chrono>
#include <functional>
#include <optional>

namespace meshdns {

class Backoff {
 public:
  using Clock = std::chrono::steady_clock;
  using Milliseconds = std::chrono::milliseconds;

  struct Limits {
    Milliseconds first{800};
    Milliseconds longest{30'000};
    Milliseconds longest_cheap{5'000};  // for an attempt that nobody has to pay for, such as a refused connection
    Milliseconds healthy{120'000};      // this long without a failure: begin again at the first
    unsigned believed = 10;             // times in a row that a server may say how long to wait, as for client-go
    std::chrono::seconds longest_told{120};
  };

  /// `random` gives numbers in [0, 1).
  Backoff() : Backoff(Limits{}, system_random) {}
  Backoff(Limits limits, std::function<double()> random) : limits_(limits), random_(std::move(random)) {}

  /// The wait after a failure at `now`.
  Milliseconds next(Clock::time_point now) { return next(now, limits_.longest); }
  Milliseconds next_cheap(Clock::time_point now) { return next(now, limits_.longest_cheap); }

  /// What a server said instead, in Retry-After; nothing where it did not, or said so too often since accepted().
  std::optional<Milliseconds> told(std::chrono::seconds wait);
  void accepted() { told_ = 0; }

  /// The randomness that it was given.
  double random() { return random_(); }

  static double system_random();

 private:
  Milliseconds next(Clock::time_point now, Milliseconds longest);
  Milliseconds jittered(Milliseconds wait) const;

  Limits limits_;
  std::function<double()> random_;
  Milliseconds wait_{0};  // of the last failure, before jitter; 0 before the first
  Clock::time_point last_{};
  unsigned told_ = 0;  // times in a row
};

}  // namespace meshdns
