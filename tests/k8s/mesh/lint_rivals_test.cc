#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "lint_fixture.h"

namespace meshdns {
namespace {

TEST_CASE("several objects for one host") {
  const std::string to = ", http: [{route: [{destination: {host: a.bar.global}}]}]}";
  const std::string second = "VirtualService bar/s@02 {hosts: [a.bar.global]" + to;
  check({
      {"routes",
       {kEntry, second, "VirtualService bar/r@01 {hosts: [a.bar.global]" + to},
       {"route-rival bar/s spec.hosts"}},
      {"routes, one of a gateway",
       {kEntry, second, "VirtualService bar/r@01 {hosts: [a.bar.global], gateways: [g]" + to},
       {}},
      {"routes for other namespaces",
       {kEntry, "VirtualService bar/s {exportTo: [.], hosts: [a.bar.global]" + to,
        "VirtualService foo/r {exportTo: [.], hosts: [a.bar.global]" + to},
       {"route-hidden bar/s spec.exportTo", "route-hidden foo/r spec.exportTo"}},
      {"rules",
       {kEntry, "DestinationRule bar/d@02 {host: a.bar.global}", "DestinationRule bar/e@01 {host: a.bar.global}"},
       {"rule-rival bar/d spec.host"}},
      {"rules of two namespaces",
       {kEntry, "DestinationRule bar/d {host: a.bar.global}", "DestinationRule foo/d {host: a.bar.global}"},
       {}},
      {"rules, one for some clients",
       {kEntry, "DestinationRule bar/d {host: a.bar.global}",
        "DestinationRule bar/e {host: a.bar.global, workloadSelector: {matchLabels: {a: b}}}"},
       {}},
      {"a rule for those in its namespace",
       {kEntry, "DestinationRule bar/d {host: a.bar.global, exportTo: [.]}"},
       {"rule-hidden bar/d spec.exportTo"}},
      {"a rule where nobody looks",
       {kEntry, "DestinationRule foo/d {host: a.bar.global}"},
       {"rule-hidden foo/d metadata.namespace"}},
      {"a rule where all look", {kEntry, "DestinationRule istio-system/d {host: a.bar.global}"}, {}},
      {"entries", {kEntry, entry("b", "a.bar.global", "240.0.0.2")}, {"entry-rival bar/b spec.hosts"}},
  });
}

TEST_CASE("which is the oldest") {
  struct Ages {
    const char* first;
    const char* second;
    const char* expected;  // the younger one, and what is said of the other
  };
  for (const Ages& c : std::vector<Ages>{{"a@01", "b@02", "b VirtualService bar/a (f:1) is the older one and counts"},
                                         {"a@02", "b@01", "a VirtualService bar/b (f:1) is the older one and counts"},
                                         {"a@01", "b", "b VirtualService bar/a (f:1) is, too, and the oldest counts"},
                                         {"b", "a", "b VirtualService bar/a (f:1) is, too, and the oldest counts"}}) {
    CAPTURE(c.first);
    std::vector<LintMesh> meshes;
    meshes.push_back(mesh_of({kEntry, "VirtualService bar/" + std::string(c.first) + " {hosts: [a.bar.global]}",
                              "VirtualService bar/" + std::string(c.second) + " {hosts: [a.bar.global]}"},
                             true, "f:1"));
    const auto findings = lint(meshes, lint_options());
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].object.name == std::string(1, c.expected[0]));
    CHECK_MESSAGE(findings[0].message.find(c.expected + 2) != std::string::npos, findings[0].message);
  }
}

}  // namespace
}  // namespace meshdns
