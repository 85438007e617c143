#include "k8s/mesh/gateway_sni.h"

#include "k8s/mesh/destination.h"

namespace meshdns {

std::string gateway_sni(uint16_t port, std::string_view host) {
  return "outbound_." + std::to_string(port) + "_._." + std::string(host);
}

std::optional<GatewaySni> parse_gateway_sni(std::string_view sni) {
  constexpr std::string_view kStart = "outbound_.";
  constexpr std::string_view kBetween = "_.";
  if (!sni.starts_with(kStart)) return std::nullopt;
  sni.remove_prefix(kStart.size());
  const size_t subset = sni.find(kBetween);
  const size_t host = subset == std::string_view::npos ? subset : sni.find(kBetween, subset + kBetween.size());
  if (host == std::string_view::npos) return std::nullopt;
  const auto service =
      parse_destination(std::string(sni.substr(host + kBetween.size())) + ":" + std::string(sni.substr(0, subset)));
  if (!service || !service->port || !service->subset.empty()) return std::nullopt;
  return GatewaySni{*service->port, service->host};
}

}  // namespace meshdns
