#include "server/tcp_framing.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace meshdns {
namespace {

using Next = TcpFraming::Next;
using Bytes = std::vector<uint8_t>;

Bytes framed(const std::string& message) {
  Bytes bytes = {static_cast<uint8_t>(message.size() >> 8), static_cast<uint8_t>(message.size())};
  bytes.insert(bytes.end(), message.begin(), message.end());
  return bytes;
}

Bytes stream_of(const std::vector<std::string>& messages) {
  Bytes stream;
  for (const std::string& message : messages) std::ranges::copy(framed(message), std::back_inserter(stream));
  return stream;
}

TEST_CASE("messages come whole, however they are cut") {
  const std::vector<std::string> messages = {"one", "", std::string(300, 'x'), "", "four", std::string(65535, 'y')};
  const Bytes stream = stream_of(messages);
  for (const size_t cut : {1U, 2U, 3U, 7U, 256U, 16384U, 100000U}) {
    TcpFraming framing;
    std::vector<std::string> got;
    for (size_t at = 0; at < stream.size(); at += cut) {
      const auto piece = std::span(stream).subspan(at, std::min(cut, stream.size() - at));
      const size_t before = got.size();
      const bool complete = framing.take(piece, [&](std::span<const uint8_t> message) {
        got.emplace_back(message.begin(), message.end());
        return Next::kMore;
      });
      CHECK(complete == (got.size() > before));
    }
    CHECK(got == messages);
    CHECK(framing.empty());
  }
}

TEST_CASE("what waits is kept, and what follows the end is not") {
  const Bytes stream = stream_of({"one", "two", "three"});
  std::vector<std::string> got;
  const auto then = [&](Next next) {
    return [&got, next](std::span<const uint8_t> message) {
      got.emplace_back(message.begin(), message.end());
      return next;
    };
  };
  TcpFraming framing;
  CHECK(framing.take(std::span(stream).first(stream.size() - 1), then(Next::kWait)));
  CHECK(got == std::vector<std::string>{"one"});
  CHECK_FALSE(framing.empty());
  CHECK(framing.take({}, then(Next::kMore)));
  CHECK(got == std::vector<std::string>{"one", "two"});
  CHECK_FALSE(framing.empty());
  CHECK(framing.take(std::span(stream).last(1), then(Next::kMore)));
  CHECK(got.back() == "three");
  CHECK(framing.empty());

  CHECK(framing.take(stream, then(Next::kEnd)));
  CHECK(got.back() == "one");
  CHECK(framing.empty());
}

}  // namespace
}  // namespace meshdns
