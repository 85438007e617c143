#include "k8s/mesh/failover_losses.h"

#include <algorithm>
#include <array>

#include "k8s/mesh/failover_route.h"

namespace meshdns {
namespace {

struct Loss {
  bool (*applies)(const FailoverState&);
  const char* text;
};

// At 200 requests a second, of two clusters of which one dies.
constexpr std::array kLosses = {
    Loss{[](const FailoverState& state) { return state.http && !state.repeatable; },
         "requests that a server may have seen are not sent again: of 200 a second, 8 to 14 are lost when it dies, and "
         "up to 200 each time that a dead one is let in again; --repeatable, where requests may be sent twice, loses "
         "none"},
    Loss{[](const FailoverState& state) { return state.http && !state.per_try_timeout; },
         "a server that hangs is never ejected, and requests to it wait as long as the client does: in 10 s of 200 a "
         "second, it answered none; --repeatable --per-try-timeout D, with D above the slowest good answer, sends them "
         "elsewhere"},
    Loss{[](const FailoverState& state) { return !state.connect_timeout; },
         "while packets to a cluster are dropped, a connection is given up after Istio's 10 s: of 200 requests a "
         "second, 100 to 290 waited for more than 5 s; --connect-timeout D, with D above the slowest connection, moves "
         "it sooner"},
    Loss{
        [](const FailoverState& state) { return state.streams; },
        "open TCP and TLS connections break with their server, and new ones move only where connections are refused or "
        "time out: a dead process behind a sidecar that lives is not seen"},
};

}  // namespace

FailoverState failover_state(const FailoverWish& wish, const MeshEntry& entry) {
  return {.http = std::ranges::any_of(entry.ports, may_carry_http),
          .streams = std::ranges::any_of(entry.ports, may_carry_streams),
          .repeatable = wish.repeatable,
          .per_try_timeout = !wish.per_try_timeout.empty(),
          .connect_timeout = !wish.connect_timeout.empty()};
}

std::vector<std::string> failover_losses(const FailoverState& state) {
  std::vector<std::string> losses;
  for (const Loss& loss : kLosses) {
    if (loss.applies(state)) losses.emplace_back(loss.text);
  }
  return losses;
}

}  // namespace meshdns
