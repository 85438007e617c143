#include "zone/zone.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/zone/zone_fixture.h"

namespace meshdns {
namespace {

using test::look_up;
using test::name;
using test::put;
using test::zone_options;

TEST_CASE("names, empty non-terminals and wildcards, RFC 4592") {
  Directory directory({zone_options("global")}, 1);
  put(directory, "a.bar.global", "10.0.0.1");
  put(directory, "*.bar.global", "10.0.0.2");
  put(directory, "x.y.bar.global", "10.0.0.3");
  put(directory, "*.z.y.bar.global", "10.0.0.4");
  put(directory, "*.deep.*.odd.global", "10.0.0.5");

  struct Case {
    const char* asked;
    const char* expected;
  };
  const std::vector<Case> cases = {
      {"a.bar.global", "10.0.0.1"},
      {"bar.global", "nodata"},  // an empty non-terminal
      {"other.bar.global", "*10.0.0.2"},
      {"deep.other.bar.global", "*10.0.0.2"},  // the closest encloser is bar.global
      {"*.bar.global", "10.0.0.2"},            // asked for literally
      {"below.a.bar.global", "nxdomain"},      // a.bar.global exists and has no wildcard below it
      {"y.bar.global", "nodata"},              // exists through x.y: blocks the wildcard (§2.2.2)
      {"other.y.bar.global", "nxdomain"},
      {"x.y.bar.global", "10.0.0.3"},
      {"z.y.bar.global", "nodata"},
      {"any.z.y.bar.global", "*10.0.0.4"},
      {"odd.global", "nodata"},
      {"q.odd.global", "*nodata"},  // matches the empty non-terminal *.odd.global (§4.6)
      {"q.deep.*.odd.global", "*10.0.0.5"},
      {"other.global", "nxdomain"},
      {"global", "nodata"},
      {"ns.dns.global", "192.0.2.53"},
      {"dns.global", "nodata"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.asked);
    CHECK(look_up(directory, c.asked) == c.expected);
  }
}

TEST_CASE("what goes takes its empty non-terminals with it, and nothing else") {
  Directory directory({zone_options("global")}, 1);
  put(directory, "*.global", "10.0.0.9");
  put(directory, "a.b.c.global", "10.0.0.1");
  put(directory, "c.global", "10.0.0.2");
  put(directory, "d.b.c.global", "10.0.0.3");

  test::remove(directory, "a.b.c.global");
  CHECK(look_up(directory, "a.b.c.global") == "nxdomain");
  CHECK(look_up(directory, "b.c.global") == "nodata");

  test::remove(directory, "c.global");  // stays, as d.b.c.global is below it
  CHECK(look_up(directory, "c.global") == "nodata");

  test::remove(directory, "d.b.c.global");
  CHECK(look_up(directory, "d.b.c.global") == "*10.0.0.9");
  CHECK(look_up(directory, "c.global") == "*10.0.0.9");

  test::remove(directory, "never.was.global");
  test::remove(directory, "dns.global");  // an empty non-terminal has nothing to withdraw
  CHECK(look_up(directory, "ns.dns.global") == "192.0.2.53");
}

TEST_CASE("the figures count owners and records") {
  Directory directory({zone_options("global")}, 1);
  const Zone& zone = *directory.zones().front();
  CHECK(zone.names() == 2);    // apex and name server
  CHECK(zone.records() == 3);  // SOA, NS, A
  put(directory, "a.b.global", "10.0.0.1");
  put(directory, "a.b.global", "10.0.0.2");
  CHECK(zone.names() == 3);
  CHECK(zone.records() == 4);
  test::remove(directory, "a.b.global");
  CHECK(zone.names() == 2);
  CHECK(zone.records() == 3);
}

TEST_CASE("the serial steps to the time, and by one where it is there already") {
  Directory directory({zone_options("global")}, 1000);
  Zone& zone = *directory.zones().front();
  CHECK(zone.serial() == 1000);
  for (const auto& [now, expected] :
       std::vector<std::pair<int64_t, uint32_t>>{{2000, 2000}, {2000, 2001}, {1999, 2002}}) {
    zone.step_serial(now);
    CHECK(zone.serial() == expected);
  }
}

TEST_CASE("the deepest zone answers") {
  Directory directory({zone_options("global"), zone_options("eu.global"), zone_options("mesh.internal")}, 1);
  struct Case {
    const char* asked;
    const char* zone;  // "" for none
  };
  const std::vector<Case> cases = {
      {"a.global", "global"},
      {"global", "global"},
      {"eu.global", "eu.global"},
      {"a.b.eu.global", "eu.global"},
      {"a.mesh.internal", "mesh.internal"},
      {"internal", ""},
      {"aeu.global", "global"},
      {"example.org", ""},
      {".", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.asked);
    QueryName query;
    query.assign(name(c.asked), directory.key());
    const Zone* zone = directory.find(query);
    CHECK((zone == nullptr ? "" : zone->apex().text()) == c.zone);
  }
}

TEST_CASE("the root can be a zone") {
  ZoneOptions options = zone_options("global");
  options.apex = Name();
  Directory directory({options}, 1);
  put(directory, "a.example", "10.0.0.1");
  CHECK(look_up(directory, "a.example") == "10.0.0.1");
  CHECK(look_up(directory, "example") == "nodata");
  CHECK(look_up(directory, "other") == "nxdomain");
  CHECK(look_up(directory, ".") == "nodata");
}

}  // namespace
}  // namespace meshdns
