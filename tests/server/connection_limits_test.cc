#include "server/connection_limits.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

using Seat = ConnectionLimits::Seat;

struct Listener : ConnectionLimits::Owner {
  void seat_lost(uint64_t number) override { lost.push_back(number); }
  std::vector<uint64_t> lost;
};

IpAddress client(int number) { return *IpAddress::parse("127.0.0." + std::to_string(number)); }

TEST_CASE("the longest idle of all makes room") {
  ConnectionLimits limits(3, 2);
  Listener one;
  Listener two;
  Seat* const first = limits.open(client(1), 10, one).seat;
  Seat* const second = limits.open(client(2), 20, two).seat;
  Seat* const third = limits.open(client(3), 30, one).seat;
  first->set_idle(40);
  const auto fourth = limits.open(client(4), 50, one);  // in the place of the second
  CHECK(fourth.displaced);
  CHECK(two.lost == std::vector<uint64_t>{second->number()});

  third->set_busy();
  const auto fifth = limits.open(client(5), 60, two);  // of the first
  CHECK(fifth.displaced);
  CHECK(one.lost == std::vector<uint64_t>{first->number()});

  fourth.seat->set_busy();
  fifth.seat->set_busy();
  const auto sixth = limits.open(client(6), 70, two);
  CHECK(sixth.seat == nullptr);
  CHECK_FALSE(sixth.displaced);

  limits.closed(*first);  // has lost its place already
  limits.closed(*second);
  CHECK(limits.open(client(6), 70, two).seat == nullptr);
  limits.closed(*third);
  CHECK(limits.open(client(6), 70, two).seat != nullptr);
}

TEST_CASE("a client's limit is its own") {
  ConnectionLimits limits(10, 2);
  Listener listener;
  limits.open(client(1), 10, listener);
  Seat* const longest = limits.open(client(2), 20, listener).seat;
  Seat* const other = limits.open(client(2), 30, listener).seat;
  CHECK(limits.open(client(2), 40, listener).displaced);
  CHECK(listener.lost == std::vector<uint64_t>{longest->number()});
  limits.closed(*longest);
  limits.closed(*other);
  CHECK_FALSE(limits.open(client(2), 50, listener).displaced);
  CHECK_FALSE(limits.open(client(1), 50, listener).displaced);
}

}  // namespace
}  // namespace meshdns
