#pragma once

// What a worker counts. Each worker has one Counters object of its own and writes it alone; the metrics sum them up
// when they are read. Nothing here locks, and no store carries a lock prefix: one writer needs none.
//
// How the numbers add up, once no message is in flight:
//
//   messages received = dropped + Σ requests
//   Σ requests        = request_size's count  = duration's count
//   Σ requests        = Σ responses           = response_size's count
//   Σ requests        = the sum of requests over transports and types: each request is of one transport and one type,
//                       `other` where its type has no name of its own here or could not be read
//   Σ responses       = the sum of responses over zones and rcodes: each response is of one zone (the last column: of
//                       none) and of one rcode (the extended one of 12 bits, RFC 6891 §6.1.3)
//
// What does not count as a request is dropped without an answer: under 12 bytes, or a response (QR=1).
//
// Threads: all functions that change something: the owning worker. All members may be read by any thread at any time; a
// reader sees each number whole, and not all of them of one moment.

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace meshdns {

/// Adds to a number that only the calling thread writes.
inline void bump(std::atomic<uint64_t>& number, uint64_t n = 1) {
  number.store(number.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
}

/// How a request came.
enum class Transport : uint8_t { kUdp4, kUdp6, kTcp4, kTcp6 };
inline constexpr size_t kTransports = 4;

/// The types that are counted by name; all others are one. Closed: labels never come from the wire unbounded.
inline constexpr std::array<uint8_t, 16> kCountedTypes = {1,  2,  5,  6,  12, 15,  16,  28,
                                                          33, 43, 48, 64, 65, 251, 252, 255};
inline constexpr size_t kOtherType = kCountedTypes.size();
std::string_view counted_type_name(size_t index);  // "A"; "other" for kOtherType

/// Rows are this long so that an index is a shift; rcodes above 23 (BADCOOKIE) are not assigned.
inline constexpr size_t kRcodes = 32;
std::string_view rcode_name(size_t rcode);  // "NXDOMAIN"; "" where none is assigned

/// Upper bounds of the buckets of message sizes, in bytes, as CoreDNS has them; the last bucket has none.
inline constexpr std::array<uint16_t, 14> kSizeBounds = {0,    100,  200,  300,   400,   511,   1023,
                                                         2047, 4095, 8291, 16000, 32000, 48000, 64000};

namespace counters_detail {

constexpr size_t bucket_of(size_t size) {
  size_t bucket = 0;
  while (bucket < kSizeBounds.size() && size > kSizeBounds[bucket]) ++bucket;
  return bucket;
}

// Nearly every message is smaller than this; a load finds its bucket.
inline constexpr auto kBucketOfSmall = [] {
  std::array<uint8_t, 1024> table{};
  for (size_t size = 0; size < table.size(); ++size) table[size] = static_cast<uint8_t>(bucket_of(size));
  return table;
}();

inline constexpr auto kIndexOfType = [] {
  std::array<uint8_t, 256> table{};
  table.fill(kOtherType);
  for (size_t i = 0; i < kCountedTypes.size(); ++i) table[kCountedTypes[i]] = static_cast<uint8_t>(i);
  return table;
}();

}  // namespace counters_detail

/// Sizes of messages, in bytes. Buckets are not cumulative; their sum is the count.
struct SizeHistogram {
  std::array<std::atomic<uint64_t>, kSizeBounds.size() + 1> buckets{};
  std::atomic<uint64_t> sum{0};

  void observe(size_t size) {
    using namespace counters_detail;
    bump(buckets[size < kBucketOfSmall.size() ? kBucketOfSmall[size] : bucket_of(size)]);
    bump(sum, size);
  }
};

/// Durations in buckets whose upper bounds double from `FirstMicroseconds`. Buckets are not cumulative; their sum is
/// the count.
template <int64_t FirstMicroseconds, size_t Steps>
struct DurationHistogram {
  static constexpr size_t kSteps = Steps;

  std::array<std::atomic<uint64_t>, Steps + 1> buckets{};
  std::atomic<uint64_t> sum{0};  // nanoseconds

  static constexpr double bound(size_t bucket) {  // seconds
    return static_cast<double>(FirstMicroseconds) * static_cast<double>(uint64_t{1} << bucket) / 1e6;
  }

  /// `n` things took `each`. A loop: called once a batch, not once a query.
  void observe(std::chrono::nanoseconds each, uint64_t n = 1) {
    size_t bucket = 0;
    for (std::chrono::nanoseconds limit{FirstMicroseconds * 1000}; bucket < Steps && each > limit; limit *= 2) ++bucket;
    bump(buckets[bucket], n);
    bump(sum, static_cast<uint64_t>(each.count()) * n);
  }
};

/// From the receipt of a batch to its answers' departure: 0.25 ms, doubling, to 8.2 s, as CoreDNS has it.
using RequestDuration = DurationHistogram<250, 16>;

/// From an event's receipt to its being answerable: 1 ms, doubling, to 524 s, as CoreDNS has it. The control thread
/// writes it.
using ProgrammingDuration = DurationHistogram<1000, 20>;

/// The snapshot on disk. The control thread writes it.
struct SnapshotFigures {
  std::atomic<int64_t> taken{0};     // Unix seconds; 0: there is none
  std::atomic<uint64_t> refused{0};  // could not be read, or was not ours
  std::atomic<uint64_t> failed_writes{0};
};

class alignas(64) Counters {
 public:
  /// `zones`: how many the configuration names; a zone's index is its position there.
  explicit Counters(size_t zones) : zones(zones), responses(std::make_unique<ZoneResponses[]>(zones + 1)) {}
  Counters(const Counters&) = delete;
  Counters& operator=(const Counters&) = delete;

  /// A message that deserves an answer. `type`: kNoType where its question cannot be read.
  static constexpr uint16_t kNoType = 0;
  void count_request(Transport transport, uint16_t type, size_t size) {
    bump(requests[static_cast<size_t>(transport)][type < 256 ? counters_detail::kIndexOfType[type] : kOtherType]);
    request_size.observe(size);
  }

  /// Its answer. `zone`: the index of the zone that holds the name, or no_zone() where none does or none was looked
  /// for.
  void count_response(size_t zone, unsigned rcode, size_t size) {
    bump(responses[zone].rcodes[rcode % kRcodes]);
    response_size.observe(size);
  }
  size_t no_zone() const { return zones; }

  struct alignas(64) ZoneResponses {  // lines of its own: the neighbours on the heap may be another worker's
    std::array<std::atomic<uint64_t>, kRcodes> rcodes{};
  };

  const size_t zones;
  std::array<std::array<std::atomic<uint64_t>, kOtherType + 1>, kTransports> requests{};
  std::unique_ptr<ZoneResponses[]> responses;  // zones + 1
  SizeHistogram request_size;
  SizeHistogram response_size;
  RequestDuration duration;
  std::atomic<uint64_t> dropped{0};          // messages without an answer
  std::atomic<uint64_t> tcp_connections{0};  // open now: goes down, too
  std::atomic<uint64_t> tcp_refused{0};      // connections closed for want of room: the longest idle, or the new one
};

}  // namespace meshdns
