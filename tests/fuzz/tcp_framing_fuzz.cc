// Input: 8 octets, by which the stream is cut, then the stream. A message's first octet says what follows it: 0 the end, 1 a wait.

#include <algorithm>
#include <optional>

#include "server/tcp_framing.h"
#include "tests/fuzz/check.h"

namespace meshdns::fuzz {
namespace {

using Bytes = std::vector<uint8_t>;
using Next = TcpFraming::Next;

Next next_of(std::span<const uint8_t> message) {
  if (message.empty() || message[0] > 1) return Next::kMore;
  return message[0] == 0 ? Next::kEnd : Next::kWait;
}

/// The messages of a stream, up to the one that ends it; and whether the stream stops within a message.
struct Expected {
  std::vector<Bytes> messages;
  bool ended = false;
  bool left = false;

  explicit Expected(std::span<const uint8_t> stream) {
    while (stream.size() >= 2 && !ended) {
      const size_t size = get16(stream.data());
      if (stream.size() - 2 < size) break;
      const auto message = stream.subspan(2, size);
      messages.emplace_back(message.begin(), message.end());
      ended = next_of(message) == Next::kEnd;
      stream = stream.subspan(2 + size);
    }
    left = !ended && !stream.empty();
  }
};

void feed(std::span<const uint8_t> cuts, std::span<const uint8_t> stream) {
  const Expected expected(stream);
  TcpFraming framing;
  std::vector<Bytes> got;
  bool ended = false;
  const auto take = [&](std::span<const uint8_t> piece) {
    const size_t before = got.size();
    bool waits = false;
    const bool complete = framing.take(piece, [&](std::span<const uint8_t> message) {
      require(!waits && !ended, "nothing behind a wait or the end");
      got.emplace_back(message.begin(), message.end());
      waits = next_of(message) == Next::kWait;
      ended = next_of(message) == Next::kEnd;
      return next_of(message);
    });
    require(complete == (got.size() > before), "to be told of a complete message");
    return complete;
  };
  for (size_t at = 0, cut = 0; at < stream.size() && !ended; ++cut) {
    const size_t size = std::min<size_t>(cuts[cut % cuts.size()] + 1U, stream.size() - at);
    const Bytes piece(stream.begin() + static_cast<ptrdiff_t>(at), stream.begin() + static_cast<ptrdiff_t>(at + size));
    take(piece);
    at += size;
  }
  while (!ended && take({})) {
  }
  require(got == expected.messages, "the messages of the stream, however it is cut");
  require(framing.empty() == !expected.left, "to keep what is not complete");
}

}  // namespace
}  // namespace meshdns::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kCuts = 8;
  if (size >= kCuts) meshdns::fuzz::feed({data, kCuts}, {data + kCuts, size - kCuts});
  return 0;
}
