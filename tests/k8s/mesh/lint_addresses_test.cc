#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "lint_fixture.h"

namespace meshdns {
namespace {

TEST_CASE("addresses") {
  check({
      {"one each", {kEntry, entry("b", "b.bar.global", "240.0.0.3")}, {}},
      {"one for two", {kEntry, entry("b", "b.bar.global", "240.0.0.2")}, {"address-collision bar/b spec.addresses[0]"}},
      {"in another form",
       {kEntry, entry("b", "b.bar.global", "240.0.0.2/32")},
       {"address-collision bar/b spec.addresses[0]"}},
      {"a Service's",
       {kEntry, "Service bar/s {clusterIP: 240.0.0.2, ports: [{port: 80}]}"},
       {"address-collision bar/a spec.addresses[0]"}},
      {"istiod's", {entry("b", "b.bar.global", "240.240.0.2")}, {"address-reserved bar/b spec.addresses[0]"}},
      {"split by port",
       {kEntry, entry("b", "A.bar.global.", "240.0.0.3", "", "{name: tcp, number: 9000}")},
       {"address-split bar/b spec.addresses"}},
      {"split by port, with one address",
       {kEntry, entry("b", "a.bar.global", "240.0.0.2", "", "{name: tcp, number: 9000}")},
       {}},
  });
}

TEST_CASE("addresses over clusters") {
  struct Clusters {
    const char* name;
    Texts east;
    Texts west;
    Texts expected;
  };
  for (const Clusters& c : std::vector<Clusters>{{"the same", {kEntry}, {kEntry}, {}},
                                                 {"another host's",
                                                  {kEntry},
                                                  {entry("b", "b.bar.global", "240.0.0.2")},
                                                  {"address-collision bar/b spec.addresses[0]"}},
                                                 {"another address",
                                                  {kEntry},
                                                  {entry("a", "a.bar.global", "240.0.0.3")},
                                                  {"address-differs bar/a spec.addresses"}}}) {
    CAPTURE(c.name);
    std::vector<LintMesh> meshes;
    meshes.push_back(mesh_of(c.east, true, "east"));
    meshes.push_back(mesh_of(c.west, true, "west"));
    CHECK(texts(lint(meshes, lint_options())) == c.expected);
  }
}

}  // namespace
}  // namespace meshdns
