#include <doctest/doctest.h>

#include <string>

#include "lint_fixture.h"

namespace meshdns {
namespace {

/// Of a.bar.global, with an endpoint in each of two regions, or with those endpoints.
std::string located(const std::string& endpoints =
                        "{address: 192.0.2.1, locality: region1}, {address: 192.0.2.2, locality: region2/zone1}",
                    const std::string& protocol = "HTTP") {
  return "ServiceEntry bar/a {hosts: [a.bar.global], location: MESH_INTERNAL, resolution: STATIC, addresses: "
         "[240.0.0.2], ports: [{name: p, number: 8000, protocol: " +
         protocol + "}], endpoints: [" + endpoints + "]}";
}

std::string rule(const std::string& policy) {
  return "DestinationRule bar/a {host: a.bar.global, trafficPolicy: {" + policy + "}}";
}

std::string ejecting(const std::string& more) {
  return "outlierDetection: {consecutiveGatewayErrors: 3, consecutive5xxErrors: 0, maxEjectionPercent: 100, "
         "minHealthPercent: 1" +
         more + "}";
}

std::string retried(const std::string& retries) {
  return "VirtualService bar/r {hosts: [a.bar.global], http: [{route: [{destination: {host: a.bar.global}}], "
         "retries: " +
         retries + "}]}";
}

const std::string kOn = ejecting("");
const std::string kRetries = retried("{attempts: 2, retryRemoteLocalities: true}");
const std::string kDetection = " bar/a spec.trafficPolicy.outlierDetection";

TEST_CASE("what fails over") {
  check({
      {"as failover create writes it", {located(), rule(kOn), kRetries}, {}},
      {"by shares",
       {located(), rule(kOn + ", loadBalancer: {localityLbSetting: {distribute: [{from: '*', to: {region1: 75, "
                              "region2: 25}}]}}")},
       {}},
      {"endpoints in one locality", {located("{address: 192.0.2.1, locality: region1}")}, {}},
      {"endpoints that say none", {located("{address: 192.0.2.1}, {address: 192.0.2.2}")}, {}},
  });
}

TEST_CASE("outlier-detection-missing") {
  const std::string lb = "loadBalancer: {localityLbSetting: {enabled: true}}";
  check({
      {"no rule", {located()}, {"outlier-detection-missing bar/a"}},
      {"a rule without it", {located(), rule("tls: {mode: ISTIO_MUTUAL}")}, {"outlier-detection-missing bar/a"}},
      {"a setting without it", {located(), rule(lb)}, {"outlier-detection-missing bar/a spec.trafficPolicy"}},
      {"a setting of a Service's",
       {kService, "DestinationRule bar/s {host: s, trafficPolicy: {" + lb + "}}"},
       {"outlier-detection-missing bar/s spec.trafficPolicy"}},
      {"a subset's setting",
       {located(),
        "DestinationRule bar/a {host: a.bar.global, trafficPolicy: {" + kOn +
            "}, subsets: [{name: v1, trafficPolicy: {" + lb + "}}]}",
        kRetries},
       {}},
      {"a subset's setting, and no other",
       {located(), "DestinationRule bar/a {host: a.bar.global, subsets: [{name: v1, trafficPolicy: {" + lb + "}}]}"},
       {"outlier-detection-missing bar/a", "outlier-detection-missing bar/a spec.subsets[0].trafficPolicy"}},
      {"a setting that is off", {located(), rule("loadBalancer: {localityLbSetting: {enabled: false}}")}, {}},
      {"off, with ejections",
       {located(), rule("outlierDetection: {}, loadBalancer: {localityLbSetting: {enabled: false}}")},
       {}},
      {"a port of its own, which inherits nothing",
       {located(), rule(kOn + ", portLevelSettings: [{port: {number: 8000}, tls: {mode: ISTIO_MUTUAL}}]")},
       {"outlier-detection-missing bar/a"}},
      {"a port that has it",
       {located(), rule("portLevelSettings: [{port: {number: 8000}, " + kOn + "}]"), kRetries},
       {}},
      {"errors that do not count",
       {located(), rule("outlierDetection: {consecutive5xxErrors: 0}"), kRetries},
       {"outlier-detection-missing" + kDetection}},
      {"connections that count by themselves",
       {located(),
        rule("outlierDetection: {consecutive5xxErrors: 0, splitExternalLocalOriginErrors: true, maxEjectionPercent: "
             "100, minHealthPercent: 1}"),
        kRetries},
       {}},
  });
}

TEST_CASE("ejections") {
  const auto detection = [](const std::string& fields) {
    return rule("outlierDetection: {consecutiveGatewayErrors: 3, " + fields + "}");
  };
  const std::string three =
      "{address: 192.0.2.1, locality: r1}, {address: 192.0.2.2, locality: r2}, {address: 192.0.2.3, locality: r2}";
  check({
      {"Istio's defaults",
       {located(), rule("outlierDetection: {}"), kRetries},
       {"ejection-limit" + kDetection + ".maxEjectionPercent",
        "ejection-by-errors" + kDetection + ".consecutive5xxErrors"}},
      {"a limit that is just enough",
       {located(), detection("consecutive5xxErrors: 0, maxEjectionPercent: 50"), kRetries},
       {}},
      {"a limit that is not",
       {located(), detection("consecutive5xxErrors: 0, maxEjectionPercent: 49"), kRetries},
       {"ejection-limit" + kDetection + ".maxEjectionPercent"}},
      {"a limit that leaves half a locality",
       {located(three), detection("consecutive5xxErrors: 0, maxEjectionPercent: 66"), kRetries},
       {"ejection-limit" + kDetection + ".maxEjectionPercent"}},
      {"a limit for the larger locality",
       {located(three), detection("consecutive5xxErrors: 0, maxEjectionPercent: 67"), kRetries},
       {}},
      {"a limit below one, in one locality",
       {located("{address: 192.0.2.1}, {address: 192.0.2.2}"), detection("maxEjectionPercent: 10")},
       {"ejection-limit" + kDetection + ".maxEjectionPercent"}},
      {"an application's errors",
       {located(), detection("consecutive5xxErrors: 1, maxEjectionPercent: 50"), kRetries},
       {"ejection-by-errors" + kDetection + ".consecutive5xxErrors"}},
      {"a stream's errors, which are its connections'",
       {located("{address: 192.0.2.1, locality: r1}, {address: 192.0.2.2, locality: r2}", "TCP"),
        detection("maxEjectionPercent: 50")},
       {}},
      {"a gateway, which is a cluster",
       {located("{address: 192.0.2.1, ports: {p: 15443}, labels: {security.istio.io/tlsMode: istio}}"),
        detection("maxEjectionPercent: 100")},
       {"ejection-by-errors" + kDetection + ".consecutive5xxErrors",
        "ejection-of-all" + kDetection + ".minHealthPercent"}},
      {"all of them",
       {located(), detection("consecutive5xxErrors: 0, maxEjectionPercent: 100"), kRetries},
       {"ejection-of-all" + kDetection + ".minHealthPercent"}},
  });
}

TEST_CASE("retries-stay") {
  const std::string other =
      "VirtualService bar/x {hosts: [s.bar.svc.cluster.local], http: [{route: [{destination: "
      "{host: a.bar.global}, weight: 50}, {destination: {host: s, port: {number: 80}}, weight: 50}]}]}";
  const std::string delegate = "VirtualService bar/d {http: [{route: [{destination: {host: a.bar.global}}]}]}";
  const auto root = [](const std::string& retries) {
    return "VirtualService bar/r {hosts: [a.bar.global], http: [{delegate: {name: d}, retries: " + retries + "}]}";
  };
  check({
      {"none", {located(), rule(kOn), retried("null")}, {"retries-stay bar/r spec.http[0].retries"}},
      {"no attempts", {located(), rule(kOn), retried("{attempts: 0}")}, {"retries-stay bar/r spec.http[0].retries"}},
      {"in the locality",
       {located(), rule(kOn), retried("{attempts: 2, retryOn: connect-failure}")},
       {"retries-stay bar/r spec.http[0].retries"}},
      {"of another host",
       {located(), rule(kOn), kService, kRetries, other},
       {"retries-stay bar/x spec.http[0].retries"}},
      {"taken over by a delegate",
       {located(), rule(kOn), root("{attempts: 2, retryRemoteLocalities: true}"), delegate},
       {}},
      {"a delegate that nobody gives any",
       {located(), rule(kOn), root("{attempts: 2}"), delegate},
       {"retries-stay bar/d spec.http[0].retries"}},
      {"no VirtualService", {located(), rule(kOn)}, {"retries-stay bar/a"}},
      {"no VirtualService in the files", {located(), rule(kOn)}, {}, false},
      {"a wildcard's",
       {located(), rule(kOn),
        "VirtualService bar/r {hosts: ['*.global'], http: [{route: [{destination: {host: a.bar.global}}], retries: "
        "{attempts: 2, retryRemoteLocalities: true}}]}"},
       {}},
      {"a stream",
       {located("{address: 192.0.2.1, locality: r1}, {address: 192.0.2.2, locality: r2}", "TCP"), rule(kOn)},
       {}},
  });
}

}  // namespace
}  // namespace meshdns
