#include "k8s/mesh/envoy_endpoints.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

// Of Envoy 1.40.
constexpr const char* kText =
    "outbound|8000||s4.bar.global::observability_name::outbound|8000||s4.bar.global\n"
    "outbound|8000||s4.bar.global::outlier::success_rate_average::-1\n"
    "outbound|8000||s4.bar.global::default_priority::max_connections::1024\n"
    "outbound|8000||s4.bar.global::added_via_api::true\n"
    "outbound|8000||s4.bar.global::10.96.0.10:8000::cx_connect_fail::3\n"
    "outbound|8000||s4.bar.global::10.96.0.10:8000::rq_error::4\n"
    "outbound|8000||s4.bar.global::10.96.0.10:8000::rq_success::5\n"
    "outbound|8000||s4.bar.global::10.96.0.10:8000::rq_total::6\n"
    "outbound|8000||s4.bar.global::10.96.0.10:8000::hostname::\n"
    "outbound|8000||s4.bar.global::10.96.0.10:8000::health_flags::/failed_active_hc/failed_outlier_check\n"
    "outbound|8000||s4.bar.global::10.96.0.10:8000::region::region1\n"
    "outbound|8000||s4.bar.global::10.96.0.10:8000::zone::zone1\n"
    "outbound|8000||s4.bar.global::10.96.0.10:8000::sub_zone::sub1\n"
    "outbound|8000||s4.bar.global::[2001:db8::1]:15443::rq_total::7\n"
    "outbound|8000||s4.bar.global::[2001:db8::1]:15443::health_flags::healthy\n"
    "outbound|8000||s4.bar.global::[2001:db8::1]:15443::region::region2\n"
    "outbound|8000||s4.bar.global::[2001:db8::1]:15443::zone::\n"
    "outbound|8000||s4.bar.global::[2001:db8::1]:15443::sub_zone::sub2\n"
    "outbound|80||other.bar.global::10.0.0.1:80::rq_total::8\n";

const std::vector<std::string> kClusters = {"outbound|8000||s4.bar.global"};

TEST_CASE("the endpoints of a cluster") {
  const EnvoyEndpoint near{kClusters[0], "10.96.0.10:8000", "region1/zone1/sub1", 6, 5, 4, 3, true};
  const EnvoyEndpoint far{kClusters[0], "[2001:db8::1]:15443", "region2", 7, 0, 0, 0, false};
  CHECK(parse_envoy_endpoints(kText, kClusters) == std::vector{near, far});
  CHECK(parse_envoy_endpoints(kText, {"outbound|80||other.bar.global"}).size() == 1);
  CHECK(parse_envoy_endpoints(kText, {}).empty());
}

TEST_CASE("what says nothing of an endpoint") {
  for (const char* text : {"", "\n", "c", "c::", "c::a", "c::a::rq_total", "c::::rq_total::1", "::a::rq_total::1",
                           "c::a::hostname::h", "c::rq_total::1", "c::a::RQ_TOTAL::1", "::::::", "<html>"}) {
    CAPTURE(text);
    CHECK(parse_envoy_endpoints(text, {"c"}).empty());
  }
  for (const char* count : {"", "-1", "1x", "99999999999999999999999", " 1"}) {
    CAPTURE(count);
    const auto endpoints = parse_envoy_endpoints("c::a::rq_total::" + std::string(count), {"c"});
    REQUIRE(endpoints.size() == 1);
    CHECK(endpoints[0] == EnvoyEndpoint{"c", "a", "", 0, 0, 0, 0, false});
  }
}

}  // namespace
}  // namespace meshdns
