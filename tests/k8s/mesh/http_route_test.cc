#include "k8s/mesh/http_route.h"

#include <doctest/doctest.h>

#include <vector>

namespace meshdns {
namespace {

TEST_CASE("what an HTTPRoute is attached to") {
  const auto route = parse_http_route(R"({"metadata": {"name": "a", "namespace": "bar"}, "spec": {"parentRefs": [
      {"name": "in"}, {"group": "", "kind": "Service", "name": "x"}, {"group": "networking.istio.io", "kind": "Hostname",
      "namespace": "foo", "name": "a.bar.global"}]}})");
  REQUIRE_MESSAGE(route, route.error());
  CHECK(route->object() == "HTTPRoute bar/a");
  CHECK(route->parents == std::vector<HttpRoute::Parent>{{"gateway.networking.k8s.io", "Gateway", "bar", "in"},
                                                         {"", "Service", "bar", "x"},
                                                         {"networking.istio.io", "Hostname", "foo", "a.bar.global"}});
  CHECK(parse_http_route(R"({"metadata": {"name": "a"}})")->parents.empty());
  CHECK(parse_http_route(R"({"metadata": {"name": "a"}, "spec": {"parentRefs": [{"kind": 1}]}})").error() ==
        "spec.parentRefs[0].kind: found 1, expected a text");
}

}  // namespace
}  // namespace meshdns
