#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/zone/zone_fixture.h"
#include "zone/catalog.h"

namespace meshdns {
namespace {

using Outcome = Explanation::Outcome;
using test::name;
using test::publication;

struct World {
  World() {
    Publication odd = publication("bar/odd", 4, {"global"}, {"10.0.0.9"});
    odd.skipped = {{SkipReason::kNoAddress, "Empty.bar.global.", "an address"},
                   {SkipReason::kNoAddress, "*.dry.bar.global", "an address"},
                   {SkipReason::kAddressBlock, "10.0.0.0/8", "an address"}};
    catalog.apply(0, {{publication("bar/young", 2, {"a.bar.global"}, {"10.0.0.2"}),
                       publication("bar/old", 1, {"a.bar.global"}, {"10.0.0.1"}),
                       publication("bar/wild", 3, {"*.bar.global"}, {"10.0.0.3"}),
                       publication("bar/deep", 3, {"x.b.bar.global"}, {"10.0.0.4"}), odd},
                      {}});
    catalog.set_synced(0);
  }
  Directory directory{{test::zone_options("global")}, 1};
  Sources sources = test::sources({"east"});
  Catalog catalog{directory, sources};
};

TEST_CASE("why a name is answered as it is") {
  struct Case {
    const char* asked;
    uint16_t type;
    Outcome outcome;
    const char* owner;
    const char* encloser;
    const char* note;  // a part of it
  };
  const std::vector<Case> cases = {
      {"a.bar.global", rr_type::kA, Outcome::kAnswer, "a.bar.global", "a.bar.global", ""},
      {"a.bar.global", rr_type::kAaaa, Outcome::kNoData, "a.bar.global", "a.bar.global", ""},
      {"q.bar.global", rr_type::kA, Outcome::kAnswer, "*.bar.global", "bar.global", ""},
      {"y.b.bar.global", rr_type::kA, Outcome::kNxDomain, "", "b.bar.global",
       "b.bar.global blocks the wildcard *.bar.global"},
      {"b.bar.global", rr_type::kA, Outcome::kNoData, "b.bar.global", "b.bar.global", "names below it"},
      {"b.bar.global", rr_type::kA, Outcome::kNoData, "b.bar.global", "b.bar.global",
       "b.bar.global blocks the wildcard *.bar.global"},
      {"*.bar.global", rr_type::kAaaa, Outcome::kNoData, "*.bar.global", "*.bar.global", ""},
      {"q.global", rr_type::kA, Outcome::kNxDomain, "", "global", ""},
      {"ns.dns.global", rr_type::kA, Outcome::kAnswer, "ns.dns.global", "ns.dns.global", "the configuration's"},
      {"a.example.org", rr_type::kA, Outcome::kRefused, "", "", "none of the configured zones"},
  };
  const World world;
  for (const Case& c : cases) {
    CAPTURE(c.asked);
    const Explanation explanation = world.catalog.explain(name(c.asked), c.type);
    CHECK(explanation.outcome == c.outcome);
    CHECK(explanation.owner == c.owner);
    CHECK(explanation.closest_encloser == c.encloser);
    CHECK(explanation.note.find(c.note) != std::string::npos);
  }
}

TEST_CASE("who gives the answer, and who lost") {
  const World world;
  const Explanation explanation = world.catalog.explain(name("A.bar.global"), rr_type::kA);
  CHECK(explanation.records == std::vector<std::string>{"a.bar.global.\t30\tIN\tA\t10.0.0.1"});
  REQUIRE(explanation.claimants.size() == 2);
  CHECK(explanation.claimants[0].object == "bar/old");
  CHECK(explanation.claimants[0].wins);
  CHECK(explanation.claimants[0].why == "older than east/bar/young");
  CHECK(explanation.claimants[1].object == "bar/young");
  CHECK_FALSE(explanation.claimants[1].wins);
  CHECK(explanation.claimants[1].why == "younger than east/bar/old");
  CHECK(explanation.claimants[1].addresses == std::vector<std::string>{"10.0.0.2"});
}

TEST_CASE("claimants who agree, and claimants who are merged") {
  struct Case {
    CatalogOptions::Conflicts conflicts;
    const char* addresses[3];  // of bar/a, the oldest, to bar/c
    const char* why[3];
    bool wins[3];
  };
  constexpr auto kOldest = CatalogOptions::Conflicts::kOldest;
  constexpr auto kMerge = CatalogOptions::Conflicts::kMerge;
  const std::vector<Case> cases = {
      {kOldest,
       {"10.0.0.1", "10.0.0.1", "10.0.0.2"},
       {"older than east/bar/b", "gives the same answer; younger than east/bar/a", "younger than east/bar/a"},
       {true, false, false}},
      {kMerge,
       {"10.0.0.1", "10.0.0.1", "10.0.0.2"},
       {"merged; older than east/bar/b", "gives the same answer; merged; younger than east/bar/a",
        "merged; younger than east/bar/a"},
       {true, true, true}},
  };
  for (const Case& c : cases) {
    Directory directory({test::zone_options("global")}, 1);
    Sources sources = test::sources({"east"});
    Catalog catalog(directory, sources, {.conflicts = c.conflicts});
    for (int n = 0; n < 3; ++n) {
      catalog.apply(0, {{publication(std::string("bar/") + "abc" [n], n, { "a.global" }, {c.addresses[n]})}, {}});
    }
    const Explanation explanation = catalog.explain(name("a.global"), rr_type::kA);
    REQUIRE(explanation.claimants.size() == 3);
    for (size_t n = 0; n < 3; ++n) {
      CHECK(explanation.claimants[n].why == c.why[n]);
      CHECK(explanation.claimants[n].wins == c.wins[n]);
      CHECK(explanation.claimants[n].origin == "spec.addresses");
    }
  }
}

TEST_CASE("what asked for the name and was skipped") {
  const World world;
  struct Case {
    const char* asked;
    std::vector<std::string> reasons;
  };
  for (const Case& c : std::vector<Case>{{"empty.bar.global", {"no-address", "address-block"}},
                                         {"global", {"address-block", "reserved"}},
                                         {"a.dry.bar.global", {"no-address", "address-block"}},
                                         {"*.dry.bar.global", {"no-address", "address-block"}},
                                         {"dry.bar.global", {}},
                                         {"a.bar.global", {}}}) {
    CAPTURE(c.asked);
    std::vector<std::string> reasons;
    for (const auto& part : world.catalog.explain(name(c.asked), rr_type::kA).skipped) {
      CHECK(part.object == "bar/odd");
      reasons.push_back(part.reason);
    }
    CHECK(reasons == c.reasons);
  }
}

TEST_CASE("what of a claimant was skipped") {
  Directory directory({test::zone_options("global")}, 1);
  Sources sources = test::sources({"east"});
  Catalog catalog(directory, sources);
  Publication half = publication("bar/half", 1, {"a.bar.global"}, {"10.0.0.1"});
  half.skipped = {{SkipReason::kInvalidAddress, "10.0.0.256", "an address"},
                  {SkipReason::kInvalidHost, "-.bar.global", "a host"}};
  catalog.apply(0, {{half}, {}});
  const Explanation explanation = catalog.explain(name("a.bar.global"), rr_type::kA);
  REQUIRE(explanation.skipped.size() == 1);
  CHECK(explanation.skipped[0].what == "10.0.0.256");
}

TEST_CASE("a derived record leads to its host") {
  Directory directory({test::zone_options("global")}, 1);
  Sources sources = test::sources({"east"});
  Catalog catalog(directory, sources, {.reverse = {}, .services = true});
  Publication served = publication("bar/a", 1, {"a.bar.global"}, {"10.0.0.1"});
  served.ports = {{"http", 80, "TCP"}};
  catalog.apply(0, {{served}, {}});
  CHECK(catalog.explain(name("_http._tcp.a.bar.global"), rr_type::kSrv).note.find("explain that") != std::string::npos);
}

TEST_CASE("before the first sync a name that is not there is not known") {
  Directory directory({test::zone_options("global")}, 1);
  Sources sources = test::sources({"east"});
  Catalog catalog(directory, sources);
  catalog.apply(0, {{publication("bar/a", 1, {"a.bar.global", "*.bar.global"}, {"10.0.0.1"})}, {}});
  CHECK(catalog.explain(name("a.bar.global"), rr_type::kA).outcome == Outcome::kAnswer);
  CHECK(catalog.explain(name("a.bar.global"), rr_type::kAaaa).outcome == Outcome::kNotReady);
  CHECK(catalog.explain(name("b.bar.global"), rr_type::kA).outcome == Outcome::kNotReady);
}

}  // namespace
}  // namespace meshdns
