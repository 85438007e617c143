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
// With distribute all localities have one priority: each try picks by the shares, and who was tried before is left out by chance alone. The
// third error ejects, and one try more is for sidecars' other threads, which hear of it a moment later.
inline constexpr int64_t kAttemptsOfDistribute = 4;

inline constexpr std::string_view kRetryOn = "connect-failure,refused-stream";  // what no server can have seen
inline constexpr std::string_view kRetryOnRepeatable = "gateway-error,connect-failure,refused-stream";
inline constexpr std::string_view kRetryOnGrpc = ",unavailable";  // gRPC's own answer, behind HTTP's 200

}  // namespace meshdns::failover
