#include "k8s/mesh/envoy_clusters.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

// Of Envoy 1.40.
constexpr const char* kText =
    "outbound|8000||s4.bar.global::observability_name::outbound|8000||s4.bar.global\n"
    "outbound|8000||s4.bar.global::default_priority::max_connections::1024\n"
    "outbound|8000||s4.bar.global::added_via_api::true\n"
    "outbound|8000||s4.bar.global::10.1.0.7:15443::cx_total::9\n"
    "outbound|8000||s4.bar.global::10.1.0.7:15443::rq_total::504\n"
    "outbound|8000||s4.bar.global::10.1.0.7:15443::hostname::\n"
    "outbound|8000||s4.bar.global::[2001:db8::1]:15443::rq_total::7\n"
    "outbound|8000|v1|s1.bar.svc.cluster.local::observability_name::outbound|8000|v1|s1.bar.svc.cluster.local\n"
    "xds-grpc::./var/run/secrets/workload-spiffe-uds/socket::rq_total::3\n"
    "hbone::envoy://connect_originate/10.0.0.1:80::rq_total::2\n";

TEST_CASE("counts by endpoint") {
  const auto counts = parse_endpoint_counts(kText);
  REQUIRE_MESSAGE(counts, counts.error());
  CHECK(*counts ==
        EndpointCounts{{"outbound|8000||s4.bar.global", {{"10.1.0.7:15443", 504}, {"[2001:db8::1]:15443", 7}}},
                       {"outbound|8000|v1|s1.bar.svc.cluster.local", {}},
                       {"xds-grpc", {{"./var/run/secrets/workload-spiffe-uds/socket", 3}}},
                       {"hbone", {{"envoy://connect_originate/10.0.0.1:80", 2}}}});
}

TEST_CASE("what counts nothing") {
  for (const char* text : {"", "\n\n", "<html>Not Found</html>", "{}", "::rq_total::1", "a b c"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_endpoint_counts(text));
  }
  for (const char* text : {"c::rq_total::1", "c::::rq_total::1", "c::a::rq_total::", "c::a::rq_total::-1",
                           "c::a::rq_total::1x", "c::a::rq_total::99999999999999999999999"}) {
    CAPTURE(text);
    const auto counts = parse_endpoint_counts(text);
    REQUIRE(counts);
    CHECK(*counts == EndpointCounts{{"c", {}}});
  }
}

TEST_CASE("what a cluster has got meanwhile") {
  struct Case {
    const char* what;
    EndpointCounts::mapped_type before;
    EndpointCounts::mapped_type after;
    uint64_t growth;
    bool changed;
  };
  for (const Case& c : std::vector<Case>{{"counts on", {{"a", 5}, {"b", 7}}, {{"a", 6}, {"b", 9}}, 3, false},
                                         {"new", {}, {{"a", 6}}, 6, false},
                                         {"gone", {{"a", 5}, {"b", 7}}, {{"a", 6}}, 1, true},
                                         {"counts anew", {{"a", 5}}, {{"a", 2}}, 2, true}}) {
    CAPTURE(c.what);
    const CountGrowth growth = count_growth({{"c", c.before}}, {{"c", c.after}});
    CHECK(growth.by_cluster.at("c") == c.growth);
    CHECK(growth.endpoints_changed == c.changed);
  }
  CHECK(count_growth({}, {{"c", {{"a", 4}}}}).by_cluster.at("c") == 4);
}

TEST_CASE("whom a cluster's name means") {
  CHECK(*outbound_destination("outbound|8000||s4.bar.global") == Destination{"s4.bar.global", 8000, ""});
  CHECK(*outbound_destination("outbound|80|v1|a.b.svc.cluster.local") ==
        Destination{"a.b.svc.cluster.local", 80, "v1"});
  for (const char* name :
       {"", "outbound", "outbound|", "outbound|80|", "outbound|80||", "outbound|x||a", "outbound|0||a", "inbound|80||a",
        "PassthroughCluster", "outbound_.80_._.a", "outbound|80||*.a", "outbound|80|a|b|c"}) {
    CAPTURE(name);
    CHECK_FALSE(outbound_destination(name));
  }
}

TEST_CASE("which clusters a destination means") {
  struct Case {
    const char* cluster;
    const char* wanted;
    bool is;
  };
  for (const Case& c : std::vector<Case>{{"outbound|80||a.b.global", "a.b.global", true},
                                         {"outbound|80||a.b.global", "a.b.global:80", true},
                                         {"outbound|80||a.b.global", "a.b.global:81", false},
                                         {"outbound|80||a.b.global", "a.b", false},
                                         {"outbound|80||a.b.global", "a.b.global/v1", false},
                                         {"outbound|80|v1|a.b.global", "a.b.global/v1", true},
                                         {"outbound|80|v1|a.b.global", "a.b.global", false},
                                         {"outbound|80||a.b.svc.cluster.local", "a", true},
                                         {"outbound|80||a.b.svc.cluster.local", "a.b", true},
                                         {"outbound|80||a.b.svc.cluster.local", "a.b.svc", true},
                                         {"outbound|80||a.b.svc.cluster.local", "a.c", false},
                                         {"outbound|80||aa.b.svc.cluster.local", "a", false}}) {
    CAPTURE(c.cluster);
    CAPTURE(c.wanted);
    CHECK(is_for(*outbound_destination(c.cluster), *parse_destination(c.wanted)) == c.is);
  }
}

}  // namespace
}  // namespace meshdns
