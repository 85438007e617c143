#include "k8s/api/backoff.h"

#include <algorithm>
#include <random>

namespace meshdns {

Backoff::Milliseconds Backoff::next(Clock::time_point now, Milliseconds longest) {
  const bool begin_again = wait_.count() == 0 || now - last_ >= limits_.healthy;
  wait_ = begin_again ? limits_.first : std::min(wait_ * 2, longest);
  last_ = now;
  return jittered(wait_);
}

std::optional<Backoff::Milliseconds> Backoff::told(std::chrono::seconds wait) {
  if (wait.count() <= 0 || ++told_ > limits_.believed) return {};
  return std::min(wait, limits_.longest_told);
}

Backoff::Milliseconds Backoff::jittered(Milliseconds wait) const {
  return wait + Milliseconds(static_cast<int64_t>(static_cast<double>(wait.count()) * random_()));
}

double Backoff::system_random() {
  thread_local std::minstd_rand engine{std::random_device{}()};
  return std::uniform_real_distribution<double>{}(engine);
}

}  // namespace meshdns
