#pragma once

// Which of a host's routes the command line means, and how routes are named in messages.
// Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPMatchRequest

#include <string>
#include <string_view>

#include "k8s/mesh/virtual_service.h"
#include "zone/result.h"

namespace meshdns {

struct RouteMatch {
  VirtualService::Match::Uri uri = VirtualService::Match::Uri::kAny;
  std::string value{};  // of the uri
  std::string name{};   // of the route, in place of a uri

  bool is_any() const { return uri == VirtualService::Match::Uri::kAny && name.empty(); }

  /// "prefix=/headers", "name=canary"; "every request" where it is any.
  std::string text() const;

  /// " --match prefix=/headers", fit for a shell; nothing where it is any.
  std::string flag() const;
  bool operator==(const RouteMatch&) const = default;
};

/// prefix=/P, exact=/P, regex=R or name=N; empty is any.
Result<RouteMatch> parse_route_match(std::string_view text);

/// The condition, with what it has besides the uri: "prefix=/headers and headers".
std::string text(const VirtualService::Match& match);

/// Of all conditions of the route: "prefix=/a or exact=/b"; "every request".
std::string conditions(const VirtualService::HttpRoute& route);

/// "a.bar.global:8000=50, b.bar.global:8000=25"
std::string destinations(const VirtualService::HttpRoute& route);

}  // namespace meshdns
