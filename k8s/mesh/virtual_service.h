#pragma once

// Istio's VirtualService, as far as meshdnsctl judges and edits it. A plain value; what it does not name is passed over, and stays as it is.
//
// Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/. Versions v1, v1beta1 and v1alpha3 have one schema.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/mesh/destination.h"
#include "k8s/mesh/object_identity.h"
#include "zone/result.h"

namespace meshdns {

struct VirtualService : ObjectIdentity {
  /// An item of `route`, or what `mirror` and `mirrors` name.
  struct To {
    std::string pointer;            // JSON Pointer to the item: its weight is at pointer + "/weight"
    Destination destination;        // the host in full
    std::optional<int64_t> weight;  // an int32, negative ones, too; nothing: absent, which is 0 among several
    bool operator==(const To&) const = default;
  };

  struct Match {
    enum class Uri : uint8_t { kAny, kExact, kPrefix, kRegex };
    Uri uri = Uri::kAny;
    std::string value;  // of the uri
    std::optional<uint16_t> port;
    std::vector<std::string> also;  // its other conditions, by their fields' names: "headers", "ignoreUriCase"

    bool is_case_blind() const { return std::ranges::find(also, "ignoreUriCase") != also.end(); }
    bool is_catch_all() const { return (uri == Uri::kAny || is_any_prefix()) && !port && also.empty(); }
    bool operator==(const Match&) const = default;

   private:
    bool is_any_prefix() const { return uri == Uri::kPrefix && value == "/"; }
  };

  struct Delegate {
    std::string name_space;  // the VirtualService's own where it says none
    std::string name;
    bool operator==(const Delegate&) const = default;
  };

  /// What is sent again. Where a route says nothing: twice, what no server can have seen, and what it says it has not carried out.
  struct Retries {
    int64_t attempts = 0;  // after the first; 0: none
    std::string retry_on;  // "connect-failure,503"; empty: as above
    std::optional<std::chrono::milliseconds> per_try_timeout;
    bool remote_localities = false;  // retryRemoteLocalities: every second one goes to other localities
    bool operator==(const Retries&) const = default;
  };

  struct HttpRoute {
    std::string pointer;  // "/spec/http/0"
    std::string name;
    std::vector<Match> matches;  // any of them; empty: every request
    std::vector<To> to;
    std::vector<To> mirrors;
    std::optional<Delegate> delegate;
    bool redirect = false;         // answers itself: to is empty
    bool direct_response = false;  // the same
    std::optional<Retries> retries;
    std::optional<std::chrono::milliseconds> timeout;  // of all attempts together; nothing: none

    bool is_catch_all() const;
    bool operator==(const HttpRoute&) const = default;
  };

  /// Of tls and tcp. Its conditions are not read.
  struct StreamRoute {
    std::string pointer;  // "/spec/tcp/0"
    std::vector<To> to;
    bool operator==(const StreamRoute&) const = default;
  };

  std::vector<std::string> hosts;     // in full
  std::vector<std::string> gateways;  // as written
  std::vector<std::string> export_to;
  std::vector<HttpRoute> http;
  std::vector<StreamRoute> tls;
  std::vector<StreamRoute> tcp;

  /// Whether sidecars follow it, and not gateways alone.
  bool is_for_sidecars() const;
  bool operator==(const VirtualService&) const = default;
};

/// `name_space`: of an object that says none. The error names the field, what was found and what was expected.
Result<VirtualService> parse_virtual_service(std::string_view json, std::string_view name_space = "default");

}  // namespace meshdns
