#include "k8s/api/reflector.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/k8s/api/reflector_fixture.h"

namespace meshdns {
namespace {

using namespace test;

TEST_CASE("what the API server says and what is made of it") {
  struct Case {
    const char* name;
    std::vector<Exchange> script;
    std::string delivered;
    std::vector<SourceError> errors;
    uint64_t relists;
  };
  const Exchange discovery{kDiscovery, 200, kGroup};
  const Exchange refused_stream{kStream, 422,
                                R"({"kind":"Status","code":422,"message":"sendInitialEvents is forbidden"})"};
  const std::string initial = added("a", 3) + added("b", 2) + listed(7);
  const std::string initial_notes = "[ +a.3 +b.2 ] /";
  const Exchange open_watch{watch(7), 200, added("z", 9), Ending::kOpen};
  const std::vector<Case> cases = {
      {"a stream list that goes on as a watch",
       {discovery, {kStream, 200, initial + added("c", 8) + deleted("a", 9), Ending::kOpen}},
       "[ +a.3 +b.2 ] +c.8 -a.9 /",
       {},
       0},
      {"a server without stream lists",
       {discovery,
        refused_stream,
        {kList, 200, page(5, "", {object("a", 3)})},
        {watch(5), 200, added("b", 6), Ending::kOpen}},
       "[ +a.3 / ] / +b.6 /",
       {},
       0},
      {"pages, and no objects",
       {discovery,
        refused_stream,
        {kList, 200, page(5, "x/=", {object("a", 3), object("b", 4)})},
        {"/v1/gadgets?limit=500&continue=x%2F%3D ", 200, page(5, "y", {object("c", 1)})},
        {"continue=y ", 200, R"({"metadata":{"resourceVersion":"5"},"items":null})"},
        {watch(5), 200, "", Ending::kOpen}},
       "[ +a.3 +b.4 / +c.1 / ] /",
       {},
       0},
      {"an expired token of a page",
       {discovery,
        refused_stream,
        {kList, 200, page(5, "x", {object("a", 3)})},
        {"continue=x ", 410, R"({"code":410,"reason":"Expired"})"},
        {kList, 200, page(6, "", {object("a", 3), object("b", 4)})},
        {watch(6), 200, "", Ending::kOpen}},
       "[ +a.3 / [ +a.3 +b.4 / ] /",
       {SourceError::kExpired},
       1},
      {"a page that fails is asked for again",
       {discovery,
        refused_stream,
        {kList, 200, page(5, "x", {object("a", 3)})},
        {"continue=x ", 503, "upstream"},
        {"continue=x ", 200, page(5, "", {object("b", 4)}), Ending::kBroken},
        {"continue=x ", 200, page(5, "", {object("b", 4)})},
        {watch(5), 200, "", Ending::kOpen}},
       "[ +a.3 / +b.4 / ] /",
       {SourceError::kServer, SourceError::kConnect},
       0},
      {"a stream list that breaks off is followed by pages",
       {discovery,
        {kStream, 200, added("a", 3), Ending::kBroken},
        {kList, 200, page(7, "", {object("a", 3)})},
        open_watch},
       "[ +a.3 / [ +a.3 / ] / +z.9 /",
       {SourceError::kConnect},
       1},
      {"a stream list that ends without its end",
       {discovery,
        {kStream, 200, added("a", 3)},
        {kList, 200, page(5, "", {object("a", 3)})},
        {watch(5), 200, "", Ending::kOpen}},
       "[ +a.3 / [ +a.3 / ] /",
       {SourceError::kProtocol},
       1},
      {"a bookmark moves the watch on",
       {discovery, {kStream, 200, initial + bookmark(12)}, {watch(12), 200, added("c", 13), Ending::kOpen}},
       initial_notes + " +c.13 /",
       {},
       0},
      {"a broken watch goes on from where it was",
       {discovery,
        {kStream, 200, initial, Ending::kBroken},
        {probe(7), 200, page(7, "", {object("a", 3)})},
        {watch(7), 200, added("c", 8)},
        {watch(8), 200, added("d", 9), Ending::kOpen}},
       initial_notes + " +c.8 / +d.9 /",
       {SourceError::kConnect},
       0},
      {"410 in the stream",
       {discovery, {kStream, 200, initial + gone("Expired"), Ending::kOpen}, {kStream, 200, initial, Ending::kOpen}},
       initial_notes + " " + initial_notes,
       {SourceError::kExpired},
       1},
      {"410 by its other reason",
       {discovery,
        {kStream, 200, initial},
        {watch(7), 200, event("ERROR", R"({"code":0,"reason":"Gone"})"), Ending::kOpen},
        {kStream, 200, initial, Ending::kOpen}},
       initial_notes + " " + initial_notes,
       {SourceError::kExpired},
       1},
      {"410 as the status of a watch",
       {discovery, {kStream, 200, initial}, {watch(7), 410, "{}"}, {kStream, 200, initial, Ending::kOpen}},
       initial_notes + " " + initial_notes,
       {SourceError::kExpired},
       1},
      {"a resourceVersion from before etcd was restored",
       {discovery,
        {kStream, 200, initial},
        {watch(7), 504, R"({"code":504,"details":{"causes":[{"reason":"ResourceVersionTooLarge"}]}})"},
        {kStream, 200, initial, Ending::kOpen}},
       initial_notes + " " + initial_notes,
       {SourceError::kExpired},
       1},
      {"a server that is back from before",
       {discovery,
        {kStream, 200, initial, Ending::kBroken},
        {probe(7), 504, R"({"code":504,"details":{"causes":[{"reason":"ResourceVersionTooLarge"}]}})"},
        {kStream, 200, initial, Ending::kOpen}},
       initial_notes + " " + initial_notes,
       {SourceError::kConnect, SourceError::kExpired},
       1},
      {"a probe that fails is asked for again, one that the server cannot answer is not",
       {discovery,
        {kStream, 200, initial, Ending::kBroken},
        {probe(7), 200, "{", Ending::kBroken},
        {probe(7), 503, "starting"},
        {probe(7), 403, kForbidden},  // until it has read its roles
        {probe(7), 422, "{}"},
        open_watch},
       initial_notes + " +z.9 /",
       {SourceError::kConnect, SourceError::kConnect, SourceError::kServer, SourceError::kForbidden},
       0},
      {"a watch that ends at once is an error, and is asked for again",
       {discovery, {kStream, 200, initial}, {watch(7), 200, ""}, open_watch},
       initial_notes + " +z.9 /",
       {SourceError::kProtocol},
       0},
      {"a watch that is refused as wrong leads to a list",
       {discovery, {kStream, 200, initial}, {watch(7), 400, "invalid"}, {kStream, 200, initial, Ending::kOpen}},
       initial_notes + " " + initial_notes,
       {SourceError::kProtocol},
       1},
      {"the CRD comes later",
       {{kDiscovery, 404, "404 page not found"},
        {kDiscovery, 200, R"({"versions":[{"version":"v2"}]})"},
        discovery,
        {kStream, 200, initial, Ending::kOpen}},
       initial_notes,
       {SourceError::kNotFound, SourceError::kNotFound},
       0},
      {"a group that serves this resource only in an older version",
       {discovery, {kStream, 404, ""}, {"/v1beta1/gadgets?watch=true", 200, initial, Ending::kOpen}},
       initial_notes,
       {},
       0},
      {"the CRD goes and comes back",
       {discovery,
        {kStream, 200, initial},
        {watch(7), 404, ""},
        {kDiscovery, 404, ""},
        discovery,
        {kStream, 404, ""},
        {"/v1beta1/gadgets?watch=true", 404, ""},
        discovery,
        {kStream, 200, initial, Ending::kOpen}},
       initial_notes + " " + initial_notes,
       {SourceError::kNotFound, SourceError::kNotFound},
       1},
      {"forbidden until somebody grants it",
       {discovery, {kStream, 403, kForbidden}, {kStream, 403, kForbidden}, {kStream, 200, initial, Ending::kOpen}},
       initial_notes,
       {SourceError::kForbidden, SourceError::kForbidden},
       0},
      {"a discovery that is forbidden is not needed",
       {{kDiscovery, 403, kForbidden}, {kStream, 404, ""}, {"/v1beta1/gadgets?", 200, initial, Ending::kOpen}},
       initial_notes,
       {},
       0},
      {"the credentials are not accepted",
       {{kDiscovery, 401, "{}"}, discovery, {kStream, 200, initial, Ending::kOpen}},
       initial_notes,
       {SourceError::kUnauthorized},
       0},
      {"overload, and an internal error",
       {{kDiscovery, 429, "", Ending::kComplete, "Retry-After: 0\r\n"},
        discovery,
        {kStream, 429, ""},
        {kStream, 500, "oops"},
        {kList, 200, page(7, "", {object("a", 3)})},
        {watch(7), 429, "{}"},
        open_watch},
       "[ +a.3 / ] / +z.9 /",
       {SourceError::kThrottled, SourceError::kThrottled, SourceError::kServer, SourceError::kThrottled},
       0},
      {"an error of another kind within a watch",
       {discovery,
        {kStream, 200, initial},
        {watch(7), 200, event("ERROR", R"({"code":500,"message":"etcd"})"), Ending::kOpen},
        {probe(7), 200, "{}"},
        open_watch},
       initial_notes + " +z.9 /",
       {SourceError::kServer},
       0},
      {"a stream list refused within the stream",
       {discovery,
        {kStream, 200, event("ERROR", R"({"code":422})"), Ending::kOpen},
        {kList, 200, page(7, "", {object("a", 3)})},
        open_watch},
       "[ / [ +a.3 / ] / +z.9 /",
       {},
       1},
      {"nonsense in a stream, and in a list",
       {discovery,
        {kStream, 200, initial + "{\"type\":\"NEWS\"}\n", Ending::kOpen},
        refused_stream,
        {kList, 200, R"({"items":[{"metadata":{"name":"a","resourceVersion":"1"}}]})"},
        {kList, 200, "<html>"},
        {kList, 200, page(7, "", {object("a", 3)})},
        open_watch},
       initial_notes + " [ +a.1 / [ / [ +a.3 / ] / +z.9 /",
       {SourceError::kProtocol, SourceError::kProtocol, SourceError::kProtocol},
       3},
      {"a redirect is not followed",
       {{kDiscovery, 302, "", Ending::kComplete, "Location: /elsewhere\r\n"},
        discovery,
        {kStream, 200, initial, Ending::kOpen}},
       initial_notes,
       {SourceError::kProtocol},
       0},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    Mirror mirror;
    mirror.api.script = {c.script.begin(), c.script.end()};
    mirror.reflector.start();
    const bool done = run_until(mirror.loop, [&] {
      return (mirror.api.script.empty() && mirror.notes.text == c.delivered) || !mirror.api.surprises.empty();
    });
    CHECK(done);
    CHECK(mirror.api.surprises == std::vector<std::string>());
    CHECK(mirror.notes.text == c.delivered);
    CHECK(mirror.source.relists() == c.relists);
    CHECK(mirror.source.last_event() > 0);
    std::vector<uint64_t> expected(kSourceErrors), counted;
    for (const SourceError error : c.errors) ++expected[static_cast<size_t>(error)];
    for (size_t i = 0; i < kSourceErrors; ++i) counted.push_back(mirror.source.errors(static_cast<SourceError>(i)));
    CHECK(counted == expected);
  }
}

TEST_CASE("events that come one by one, and the token that goes with each request") {
  Mirror mirror("s3cret");
  mirror.api.script = {{kDiscovery, 200, kGroup}, {kStream, 200, listed(7), Ending::kOpen}};
  mirror.reflector.start();
  REQUIRE(run_until(mirror.loop, [&] { return mirror.notes.text == "[ ] /"; }));
  mirror.api.push(added("a", 8));
  REQUIRE(run_until(mirror.loop, [&] { return mirror.notes.text == "[ ] / +a.8 /"; }));
  const std::string half = deleted("a", 9);
  mirror.api.push(half.substr(0, 20));
  mirror.api.push(half.substr(20));
  REQUIRE(run_until(mirror.loop, [&] { return mirror.notes.text == "[ ] / +a.8 / -a.9 /"; }));
  mirror.api.script = {{watch(9), 200, added("c", 10), Ending::kOpen}};
  mirror.api.finish();
  REQUIRE(run_until(mirror.loop, [&] { return mirror.notes.text == "[ ] / +a.8 / -a.9 / +c.10 /"; }));
  for (const std::string& request : mirror.api.requests) {
    CHECK(request.find("\r\nAuthorization: Bearer s3cret\r\n") != std::string::npos);
  }
}

TEST_CASE("a page over the bound is asked for again with half the objects") {
  Mirror mirror;
  const std::string large =
      R"({"metadata":{"name":"a","resourceVersion":"1"},"spec":")" + std::string(3 << 20, 'x') + R"("})";
  mirror.api.script = {{kDiscovery, 200, kGroup},
                       {kStream, 400, ""},
                       {kList, 200, page(5, "", {large, large, large, large, large, large})},
                       {"limit=250 ", 200, page(5, "n", {large, large, large})},
                       {"limit=250&continue=n ", 200, page(5, "", {large, large, large})},
                       {watch(5), 200, "", Ending::kOpen}};
  mirror.reflector.start();
  REQUIRE(run_until(mirror.loop, [&] { return mirror.api.script.empty(); }));
  CHECK(mirror.notes.text == "[ +a.1 +a.1 +a.1 / +a.1 +a.1 +a.1 / ] /");
}

}  // namespace
}  // namespace meshdns
