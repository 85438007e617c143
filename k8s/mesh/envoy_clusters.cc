#include "k8s/mesh/envoy_clusters.h"

#include <charconv>

namespace meshdns {
namespace {

constexpr std::string_view kBetween = "::";
constexpr std::string_view kTotal = "::rq_total::";

std::optional<uint64_t> number(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// CLUSTER::ADDRESS::rq_total::COUNT, where an IPv6 address has :: itself. Every cluster has other lines, too.
void read_line(std::string_view line, EndpointCounts& counts) {
  const size_t name = line.find(kBetween);
  if (name == std::string_view::npos || name == 0) return;
  auto& cluster = counts[std::string(line.substr(0, name))];
  const size_t total = line.rfind(kTotal);
  const size_t address = name + kBetween.size();
  if (total == std::string_view::npos || total <= address) return;
  if (const auto count = number(line.substr(total + kTotal.size()))) {
    cluster[std::string(line.substr(address, total - address))] += *count;
  }
}

}  // namespace

Result<EndpointCounts> parse_endpoint_counts(std::string_view text) {
  EndpointCounts counts;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    read_line(text.substr(0, end), counts);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (counts.empty()) return Error{"found no cluster, expected the text of Envoy's /clusters"};
  return counts;
}

CountGrowth count_growth(const EndpointCounts& before, const EndpointCounts& after) {
  static const EndpointCounts::mapped_type kNone;
  CountGrowth growth;
  for (const auto& [cluster, endpoints] : after) {
    const auto found = before.find(cluster);
    const auto& earlier = found == before.end() ? kNone : found->second;
    uint64_t& grown = growth.by_cluster[cluster];
    for (const auto& [address, count] : endpoints) {
      const auto known = earlier.find(address);
      const uint64_t least = known == earlier.end() || known->second > count ? 0 : known->second;
      grown += count - least;
      growth.endpoints_changed |= known != earlier.end() && known->second > count;
    }
    for (const auto& [address, count] : earlier) growth.endpoints_changed |= !endpoints.contains(address);
  }
  return growth;
}

std::optional<Destination> outbound_destination(std::string_view cluster) {
  constexpr std::string_view kOutbound = "outbound|";
  if (!cluster.starts_with(kOutbound)) return std::nullopt;
  const size_t port = kOutbound.size();
  const size_t subset = cluster.find('|', port);
  const size_t host = subset == std::string_view::npos ? subset : cluster.find('|', subset + 1);
  if (host == std::string_view::npos) return std::nullopt;
  const std::string_view of_subset = cluster.substr(subset + 1, host - subset - 1);
  auto destination =
      parse_destination(std::string(cluster.substr(host + 1)) + ":" + std::string(cluster.substr(port, subset - port)) +
                        (of_subset.empty() ? "" : "/" + std::string(of_subset)));
  if (!destination) return std::nullopt;
  return *std::move(destination);
}

bool is_for(const Destination& cluster, const Destination& wanted) {
  const bool in_full = cluster.host == wanted.host;
  const bool in_short = cluster.host.starts_with(wanted.host + ".") && cluster.host.find(".svc.") != std::string::npos;
  return (in_full || in_short) && cluster.subset == wanted.subset && (!wanted.port || wanted.port == cluster.port);
}

}  // namespace meshdns
