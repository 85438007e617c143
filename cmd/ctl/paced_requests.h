#pragma once

// The same request over and over, at an even pace and several at once, as a client's load arrives.
//
// Each has a connection of its own: a sidecar that reads HTTP chooses anew for every request, but one that was not told the port's protocol, or
// passes TLS through, chooses for a connection.
//
// Threads: one, which runs the loop meanwhile.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace meshdns {

class EventLoop;

struct PacedPlan {
  std::string url;
  uint64_t count = 0;
  uint32_t per_second = 0;                // 1 to 1000
  std::chrono::milliseconds patience{0};  // for one of them, from its beginning to the response's end
  std::string header;                     // whose value is wanted, in lower case
  size_t most_body = 0;                   // octets of the body that are wanted
  size_t most_under_way = 64;             // where servers are slow, the pace is theirs
  std::chrono::milliseconds during{0};    // none is sent behind it; 0: the count alone ends it
};

struct PacedAnswer {
  std::string error;  // why there is no whole response; empty: there is
  int status = 0;
  std::string header;
  std::string body;  // as much of it as was wanted
  std::chrono::steady_clock::time_point begun{};
  std::chrono::steady_clock::time_point ended{};
};

struct PacedEnd {
  uint64_t answered = 0;  // or failed
  uint64_t given_up = 0;
  bool interrupted = false;  // before the end
};

/// Makes what else the loop is to do meanwhile; it is gone before the loop is.
using Meanwhile = std::function<std::shared_ptr<void>(EventLoop&)>;

/// Returns when all are answered. After SIGINT or SIGTERM none is sent any more; a second signal gives up those that are under way. `on_answer` is
/// called for each that is answered or fails.
PacedEnd send_paced(const PacedPlan& plan, const std::function<void(const PacedAnswer&)>& on_answer,
                    const Meanwhile& meanwhile = {});

}  // namespace meshdns
