#pragma once

// Messages out of a stream: each has two octets of length before it (RFC 1035 §4.2.2). They may come byte by byte, or many at once
// (RFC 7766 §6.2.1.1, §8). No sockets here: TcpConnection and the fuzzer feed it.
//
// Memory: what has come of a message that is not complete, or that waits: one message, and what was read behind it.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "server/wire.h"

namespace meshdns {

class TcpFraming {
 public:
  static constexpr size_t kLengthSize = 2;

  enum class Next : uint8_t {
    kMore,  // hand over the next message
    kWait,  // keep what follows for the next take()
    kEnd,   // what follows is of no interest
  };

  /// Hands what is complete of `bytes` behind what was kept, message by message, to `each(std::span<const uint8_t>) -> Next`, and keeps
  /// the rest. Returns whether a message was complete.
  template <class Each>
  bool take(std::span<const uint8_t> bytes, Each each) {
    size_t taken;
    if (kept_.empty()) {
      taken = hand_over(bytes, each);
      kept_.assign(bytes.begin() + static_cast<ptrdiff_t>(taken), bytes.end());
    } else {
      kept_.insert(kept_.end(), bytes.begin(), bytes.end());
      taken = hand_over(kept_, each);
      kept_.erase(kept_.begin(), kept_.begin() + static_cast<ptrdiff_t>(taken));
      if (kept_.empty()) kept_.shrink_to_fit();
    }
    return taken > 0;
  }

  /// Whether nothing is kept.
  bool empty() const { return kept_.empty(); }

 private:
  /// Returns the octets that are done with.
  template <class Each>
  static size_t hand_over(std::span<const uint8_t> bytes, Each& each) {
    size_t at = 0;
    while (bytes.size() - at >= kLengthSize) {
      const size_t size = get16(bytes.data() + at);
      if (bytes.size() - at - kLengthSize < size) break;
      const Next next = each(bytes.subspan(at + kLengthSize, size));
      at += kLengthSize + size;
      if (next == Next::kEnd) return bytes.size();
      if (next == Next::kWait) break;
    }
    return at;
  }

  std::vector<uint8_t> kept_;
};

}  // namespace meshdns
