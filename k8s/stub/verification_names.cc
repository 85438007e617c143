#include "k8s/stub/verification_names.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

namespace meshdns {
namespace {

using Json = nlohmann::json;

constexpr size_t kMostNames = 8;

void add_hosts(const Json& entry, const Name& zone, std::vector<Name>& names) {
  for (const Json& host : entry.at("spec").at("hosts")) {
    const auto name = Name::parse(host.get<std::string>());
    if (name && !name->is_wildcard() && *name != zone && name->is_within(zone)) names.push_back(*name);
  }
}

}  // namespace

std::vector<Name> service_entry_names(std::string_view list, const Name& zone) {
  std::vector<Name> with_address;
  std::vector<Name> without;
  try {
    const Json parsed = Json::parse(list);
    for (const Json& entry : parsed.at("items")) {
      const bool has_address = !entry.at("spec").value("addresses", Json::array()).empty();
      add_hosts(entry, zone, has_address ? with_address : without);
    }
  } catch (const Json::exception&) {
    return {};
  }
  with_address.insert(with_address.end(), without.begin(), without.end());
  with_address.resize(std::min(with_address.size(), kMostNames));
  return with_address;
}

std::optional<IpAddress> cluster_ip(std::string_view service) {
  try {
    const auto address = IpAddress::parse(Json::parse(service).at("spec").at("clusterIP").get<std::string>());
    return address ? std::optional(*address) : std::nullopt;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace meshdns
