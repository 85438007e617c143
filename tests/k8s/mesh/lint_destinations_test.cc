#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "lint_fixture.h"

namespace meshdns {
namespace {

TEST_CASE("destinations") {
  const std::string rule = "DestinationRule bar/d {host: a.bar.global, subsets: [{name: v1}]}";
  check({
      {"unknown",
       {kEntry, route("{destination: {host: x.bar.global}}")},
       {"destination-unknown bar/r spec.http[0].route[0]"}},
      {"an unknown Service",
       {kEntry, route("{destination: {host: s}}")},
       {"destination-unknown bar/r spec.http[0].route[0]"}},
      {"an unknown Service, in files",
       {kEntry, route("{destination: {host: t}}"), kService},
       {"destination-elsewhere bar/r spec.http[0].route[0]"},
       false},
      {"a mirror",
       {kEntry,
        "VirtualService bar/r {hosts: [a.bar.global], http: [{route: [{destination: {host: a.bar.global}}], mirror: "
        "{host: x.global}}]}"},
       {"destination-unknown bar/r spec.http[0].mirror"}},
      {"of tcp and tls",
       {kEntry,
        "VirtualService bar/r {hosts: [a.bar.global], tcp: [{route: [{destination: {host: x.global}}]}], tls: [{route: "
        "[{destination: {host: "
        "y.global}}]}]}"},
       {"destination-unknown bar/r spec.tcp[0].route[0]", "destination-unknown bar/r spec.tls[0].route[0]"}},
      {"below a wildcard",
       {kEntry, entry("w", "'*.foo.global'", "240.0.0.3"), route("{destination: {host: x.foo.global}}")},
       {}},
      {"exported elsewhere",
       {kEntry, entry("x", "x.bar.global", "240.0.0.3", "exportTo: [foo]"),
        route("{destination: {host: x.bar.global}}")},
       {"destination-hidden bar/r spec.http[0].route[0]", "entry-hidden bar/x spec.exportTo"}},
      {"another port",
       {kEntry, route("{destination: {host: a.bar.global, port: {number: 8001}}}")},
       {"destination-port-unknown bar/r spec.http[0].route[0].destination.port"}},
      {"no port of several",
       {kEntry, kService, route("{destination: {host: s}}")},
       {"destination-port-missing bar/r spec.http[0].route[0]"}},
      {"TCP",
       {kEntry, kService, route("{destination: {host: s, port: {number: 81}}}")},
       {"destination-protocol bar/r spec.http[0].route[0]"}},
      {"HTTPS",
       {kEntry, entry("x", "x.bar.global", "240.0.0.3", "", "{name: https, number: 443, protocol: HTTPS}"),
        route("{destination: {host: x.bar.global}}")},
       {"destination-protocol bar/r spec.http[0].route[0]"}},
      {"HTTPS that the sidecar speaks",
       {kEntry, entry("x", "x.bar.global", "240.0.0.3", "", "{name: https, number: 443, protocol: HTTPS}"),
        route("{destination: {host: x.bar.global}}"),
        "DestinationRule bar/x {host: x.bar.global, trafficPolicy: {tls: {mode: SIMPLE}}}"},
       {}},
      {"TCP of tcp",
       {kEntry, kService,
        "VirtualService bar/r {hosts: [a.bar.global], tcp: [{route: [{destination: {host: s, port: {number: 81}}}]}]}"},
       {}},
      {"a subset", {kEntry, rule, route("{destination: {host: a.bar.global, subset: v1}}")}, {}},
      {"another subset",
       {kEntry, rule, route("{destination: {host: a.bar.global, subset: v2}}")},
       {"subset-unknown bar/r spec.http[0].route[0]"}},
      {"a subset without a rule",
       {kEntry, route("{destination: {host: a.bar.global, subset: v1}}")},
       {"subset-unknown bar/r spec.http[0].route[0]"}},
  });
}

}  // namespace
}  // namespace meshdns
