#pragma once

// What failover is made of: the values that lost the least when servers, pods, networks and gateways were killed between two clusters
// (tests/mesh). Each says what goes wrong with another.

#include <cstdint>
#include <string_view>

namespace meshdns::failover {

// outlierDetection. One endpoint is a whole cluster.
inline constexpr int64_t kGatewayErrors =
    3;                                    // fewer: one slow start ejects a cluster; more: more requests are lost before
inline constexpr int64_t k5xxErrors = 0;  // else an application's own 500s eject the cluster
inline constexpr std::string_view kInterval = "1s";  // longer: a server that is back waits longer to be let in again
inline constexpr std::string_view kBaseEjectionTime = "30s";  // shorter: a dead server is tried more often
inline constexpr int64_t kMaxEjectionPercent = 100;           // Istio's 10: of two endpoints none is ever ejected
inline constexpr int64_t kMinHealthPercent = 1;  // 0: with every endpoint ejected, nobody is asked at all (503)

// retries. retryRemoteLocalities looks elsewhere after every second try (istiod's updateFrequency): with 1, a retry stays where the server is
// dead.
inline constexpr int64_t kAttempts = 2;
// With distribute all localities have one priority, and take their turns by their shares. A try that comes to one that was tried takes
// the next turn, five times at most (istiod's hostSelectionRetryMaxAttempts): these turns hold another locality where no share is more than
// five times the next. Else as many tries as last for the second that a dead one is let in: 99/1 lost 578 of 4,620 with 2, 73 with 5.
inline constexpr int64_t kTurns = 5;
inline constexpr int64_t kAttemptsOfUnevenShares = 10;

inline constexpr std::string_view kRetryOn = "connect-failure,refused-stream";  // what no server can have seen
inline constexpr std::string_view kRetryOnRepeatable = "gateway-error,connect-failure,refused-stream";
inline constexpr std::string_view kRetryOnGrpc = ",unavailable";  // gRPC's own answer, behind HTTP's 200

}  // namespace meshdns::failover
