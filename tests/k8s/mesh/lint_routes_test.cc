#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "lint_fixture.h"

namespace meshdns {
namespace {

TEST_CASE("routes") {
  const std::string to = "route: [{destination: {host: a.bar.global}}]";
  const auto routes = [&](const std::string& first, const std::string& second) {
    return "VirtualService bar/r {hosts: [a.bar.global], http: [{match: " + first + ", " + to + "}, {match: " + second +
           ", " + to + "}]}";
  };
  const Texts second = {"route-unreachable bar/r spec.http[1]"};
  check({
      {"a host that nothing declares",
       {"VirtualService bar/r {hosts: [x.bar.global]}"},
       {"route-host-unknown bar/r spec.hosts[0]"}},
      {"of a gateway", {"VirtualService bar/r {hosts: [x.bar.global], gateways: [g]}"}, {}},
      {"all hosts", {"VirtualService bar/r {hosts: ['*']}"}, {}},
      {"a wildcard", {kEntry, "VirtualService bar/r {hosts: ['*.bar.global']}"}, {}},
      {"a wildcard above nothing",
       {kEntry, "VirtualService bar/r {hosts: ['*.foo.global']}"},
       {"route-host-unknown bar/r spec.hosts[0]"}},
      {"a rule's host", {"DestinationRule bar/d {host: x.bar.global}"}, {"rule-host-unknown bar/d spec.host"}},
      {"a rule's port",
       {kEntry,
        "DestinationRule bar/d {host: a.bar.global, trafficPolicy: {portLevelSettings: [{port: {number: 8001}}]}}"},
       {"rule-port-unknown bar/d spec.trafficPolicy.portLevelSettings[0].port"}},
      {"a rule for all", {"DestinationRule bar/d {host: '*.local'}"}, {}, false},
      {"a delegate",
       {kEntry, "VirtualService bar/r {hosts: [a.bar.global], http: [{delegate: {name: d}}]}",
        "VirtualService bar/d {http: [{" + to + "}]}"},
       {}},
      {"no delegate",
       {kEntry, "VirtualService bar/r {hosts: [a.bar.global], http: [{delegate: {name: d}}]}"},
       {"delegate-unknown bar/r spec.http[0].delegate"}},
      {"a delegate with hosts",
       {kEntry, entry("b", "b.bar.global", "240.0.0.3"),
        "VirtualService bar/r {hosts: [a.bar.global], http: [{delegate: {name: d}}]}",
        "VirtualService bar/d {hosts: [b.bar.global], http: [{" + to + "}]}"},
       {"delegate-unknown bar/r spec.http[0].delegate"}},
      {"a delegate that is not exported",
       {kEntry, "VirtualService bar/r {hosts: [a.bar.global], http: [{delegate: {name: d, namespace: foo}}]}",
        "VirtualService foo/d {exportTo: [.], http: [{" + to + "}]}"},
       {"delegate-unknown bar/r spec.http[0].delegate"}},
      {"behind all", {kEntry, routes("[]", "[{uri: {prefix: /a}}]")}, second},
      {"behind /", {kEntry, routes("[{uri: {prefix: /}}]", "[{uri: {exact: /a}}]")}, second},
      {"behind a prefix",
       {kEntry,
        routes("[{uri: {prefix: /a}}]", "[{uri: {prefix: /a/b}}, {uri: {exact: /a}, headers: {x: {exact: y}}}]")},
       second},
      {"behind itself", {kEntry, routes("[{uri: {regex: a+}}]", "[{uri: {regex: a+}}]")}, second},
      {"not behind a longer prefix", {kEntry, routes("[{uri: {prefix: /a/b}}]", "[{uri: {prefix: /a}}]")}, {}},
      {"not behind a narrower match",
       {kEntry, routes("[{uri: {prefix: /a}, method: {exact: GET}}]", "[{uri: {prefix: /a}}]")},
       {}},
      {"not behind another port", {kEntry, routes("[{port: 80}]", "[{port: 81}]")}, {}},
      {"not behind half", {kEntry, routes("[{uri: {prefix: /a}}]", "[{uri: {prefix: /a}}, {uri: {prefix: /b}}]")}, {}},
      {"not in another case",
       {kEntry, routes("[{uri: {prefix: /a}}]", "[{uri: {prefix: /a}, ignoreUriCase: true}]")},
       {}},
  });
}

}  // namespace
}  // namespace meshdns
