#include "k8s/mesh/route_intent.h"

#include <algorithm>
#include <utility>

#include "k8s/mesh/regular_expression.h"
#include "k8s/mesh/route_choice.h"
#include "k8s/mesh/route_match.h"

namespace meshdns {
namespace {

using HttpRoute = VirtualService::HttpRoute;
using Match = VirtualService::Match;
using Uri = Match::Uri;

constexpr const char* kIgnoreCase = "ignoreUriCase";

enum class Fit : uint8_t { kYes, kNo, kUnknown };

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return text;
}

bool fits_uri(const Match& match, const WebUrl& url) {
  const bool ignore_case = std::ranges::count(match.also, kIgnoreCase) > 0;
  const std::string path = ignore_case ? lower(url.path) : url.path;
  const std::string value = ignore_case ? lower(match.value) : match.value;
  switch (match.uri) {
    case Uri::kAny:
      return true;
    case Uri::kExact:
      return path == value;
    case Uri::kPrefix:
      return path.starts_with(value);
    case Uri::kRegex: {
      const auto expression = RegularExpression::parse(match.value);
      return expression && expression->matches_whole(url.path);
    }
  }
  return false;
}

Fit fit_of(const Match& match, const WebUrl& url) {
  if (!fits_uri(match, url) || (match.port && *match.port != url.port)) return Fit::kNo;
  const bool known = std::ranges::all_of(match.also, [](const std::string& field) { return field == kIgnoreCase; });
  return known ? Fit::kYes : Fit::kUnknown;
}

/// Any of its matches will do.
Fit fit_of(const HttpRoute& route, const WebUrl& url) {
  Fit best = route.matches.empty() ? Fit::kYes : Fit::kNo;
  for (const Match& match : route.matches) {
    const Fit fit = fit_of(match, url);
    if (fit == Fit::kYes) return fit;
    if (fit == Fit::kUnknown) best = fit;
  }
  return best;
}

/// The hosts that the URL's may be short for.
std::vector<std::string> hosts_of(const WebUrl& url, const std::string& name_space) {
  const std::string host = canonical_host(url.host);
  if (host.find('.') == std::string::npos) return {full_host(host, name_space)};
  return {host, host + ".svc.cluster.local", host + ".cluster.local"};
}

const VirtualService* service_of(std::span<const VirtualService> services, const WebUrl& url,
                                 const std::string& name_space) {
  for (const std::string& host : hosts_of(url, name_space)) {
    const auto found = services_for(services, host);
    if (!found.empty()) return found.front();
  }
  return nullptr;
}

std::string hashed_by(std::span<const DestinationRule> rules, const Destination& destination) {
  for (const DestinationRule& rule : rules) {
    if (rule.host != destination.host) continue;
    const auto* subset = rule.subset(destination.subset);
    const auto& policy = subset != nullptr && subset->policy ? *subset->policy : rule.policy;
    if (policy.of_port(destination.port.value_or(0)).consistent_hash) return "consistentHash of " + named(rule);
  }
  return "";
}

Result<RouteIntent> intent_of(const VirtualService& service, const HttpRoute& route,
                              std::span<const DestinationRule> rules) {
  RouteIntent intent{{}, named(service, route), ""};
  if (route.delegate)
    return Error{intent.source + " delegates to VirtualService " + route.delegate->name_space + "/" +
                 route.delegate->name};
  if (route.to.empty()) return Error{intent.source + " has no destination"};
  bool any = false;
  for (const VirtualService::To& to : route.to) {
    const int64_t weight = route.to.size() == 1 ? 1 : to.weight.value_or(0);
    if (weight < 0) return Error{intent.source + " has the weight " + std::to_string(weight) + ", expected 0 or more"};
    any = any || weight > 0;
    intent.shares.push_back({to.destination.text(), weight});
    if (intent.hashed.empty()) intent.hashed = hashed_by(rules, to.destination);
  }
  if (!any) return Error{intent.source + " has weights of 0 alone"};
  return intent;
}

}  // namespace

Result<RouteIntent> route_intent(std::span<const VirtualService> services, std::span<const DestinationRule> rules,
                                 const WebUrl& url, const std::string& name_space) {
  const VirtualService* const service = service_of(services, url, name_space);
  if (service == nullptr) return no_service_for(services, hosts_of(url, name_space).front());
  for (const HttpRoute& route : service->http) {
    const Fit fit = fit_of(route, url);
    if (fit == Fit::kYes) return intent_of(*service, route, rules);
    if (fit == Fit::kUnknown)
      return Error{"whether " + named(*service, route) + " takes the request cannot be told here"};
  }
  return Error{named(*service) + " has no http route that takes " + url.path};
}

}  // namespace meshdns
