#pragma once

// Random choices that a seed repeats.

#include <cstddef>
#include <cstdint>

namespace meshdns::model {

/// splitmix64 (Steele, Lea, Flood 2014).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }
  size_t below(size_t bound) { return static_cast<size_t>(next() % bound); }
  bool chance(unsigned percent) { return below(100) < percent; }

  template <class Choices>
  const auto& pick(const Choices& choices) {
    return choices[below(choices.size())];
  }

 private:
  uint64_t state_;
};

}  // namespace meshdns::model
