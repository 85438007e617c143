#pragma once

// East-west gateways: the port where they pass mTLS on without ending it (AUTO_PASSTHROUGH), and the server name in it (SNI) by which they
// know the Service.
//
// Source: istiod's BuildDNSSrvSubsetKey; https://istio.io/latest/docs/reference/config/networking/gateway/#ServerTLSSettings-TLSmode

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meshdns {

inline constexpr uint16_t kGatewayPort = 15443;

struct GatewaySni {
  uint16_t port;
  std::string host;  // canonical

  bool operator==(const GatewaySni&) const = default;
};

/// outbound_.8000_._.a.bar.svc.cluster.local
std::string gateway_sni(uint16_t port, std::string_view host);

/// Of any subset. Nothing: gateways know no such name.
std::optional<GatewaySni> parse_gateway_sni(std::string_view sni);

}  // namespace meshdns
