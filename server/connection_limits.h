#pragma once

// How many TCP connections are open, in all and from each client address, over all workers; and at a limit, which of them goes: the one
// that has been idle the longest (RFC 7766 §6.2.2 leaves the limits to us).
//
// Each connection has a Seat, in which its worker notes since when it is idle: one store whenever that changes, in a cache line of its
// own. Nothing is kept in order. Who comes at a limit looks through all seats, which takes some 10 µs at 4,096 connections, as long as
// accepting one.
//
// Threads: any. It locks when a connection opens and when it closes, never for a query.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <vector>

#include "zone/address.h"

namespace meshdns {

class ConnectionLimits {
 public:
  class Owner;

  class alignas(64) Seat {
   public:
    /// By the connection's worker. `now` is of any clock that all workers share, in units as fine as it has.
    void set_idle(uint64_t now) { idle_since_.store(now, std::memory_order_relaxed); }
    void set_busy() { idle_since_.store(kBusy, std::memory_order_relaxed); }

    /// Of the connection: the next one in the same seat has another. For the connection's worker.
    uint64_t number() const { return number_; }

   private:
    friend class ConnectionLimits;
    static constexpr uint64_t kBusy = ~uint64_t{0};

    std::atomic<uint64_t> idle_since_{kBusy};
    // The rest is behind the mutex.
    bool counted_ = false;  // in open_ and by_client_: not so once it is lost, and while it is free
    uint64_t number_ = 0;
    IpAddress client_;
    Owner* owner_ = nullptr;
  };

  /// Whose connections these are: a listener.
  class Owner {
   public:
    virtual ~Owner() = default;
    /// The connection of that number has lost its seat, and has to be closed where it is not. On any thread; may not call back.
    virtual void seat_lost(uint64_t number) = 0;
  };

  ConnectionLimits(size_t most, size_t most_of_client) : most_(most), most_of_client_(most_of_client) {}

  struct Admission {
    Seat* seat;      // null: there is no room, and nobody idle who could make it
    bool displaced;  // somebody lost a seat
  };

  /// A connection of `client` opens, idle since `now`. The seat is its own until closed().
  Admission open(const IpAddress& client, uint64_t now, Owner& owner);
  void closed(Seat& seat);

 private:
  Seat* longest_idle(const IpAddress* client);
  void discount(Seat& seat);

  const size_t most_;
  const size_t most_of_client_;
  std::mutex mutex_;
  size_t open_ = 0;
  uint64_t opened_ = 0;  // ever
  std::map<IpAddress, size_t> by_client_;
  std::deque<Seat> seats_;  // as many as there ever were at one time
  std::vector<Seat*> free_;
};

}  // namespace meshdns
