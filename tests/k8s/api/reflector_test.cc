#include "k8s/api/reflector.h"

#include <doctest/doctest.h>
#include <simdjson.h>

#include <filesystem>
#include <initializer_list>
#include <string>
#include <vector>

#include "k8s/api/api_client.h"
#include "tests/k8s/api/fake_api.h"
#include "tests/k8s/api/temp_dir.h"
#include "tests/k8s/api/test_keys.h"

namespace meshdns {
namespace {

// Writes down what is delivered: "[ +a.1 / +b.2 ] / -a.3 /" for begin, upsert of the object a at version 1, flush, end,
// remove.
class Notes : public ObjectHandler {
 public:
  void list_begins() override { add("["); }
  void upsert(std::string_view json) override { add("+" + name(json)); }
  void remove(std::string_view json) override { add("-" + name(json)); }
  void list_ends() override { add("]"); }
  void flush() override {
    if (!text.ends_with("/")) add("/");
  }

  std::string text;

 private:
  void add(const std::string& word) { text += (text.empty() ? "" : " ") + word; }

  std::string name(std::string_view json) {
    auto document = parser_.iterate(json, json.size() + simdjson::SIMDJSON_PADDING);
    std::string_view name = document["metadata"]["name"];
    std::string_view version = document["metadata"]["resourceVersion"];
    return std::string(name) + "." + std::string(version);
  }

  simdjson::ondemand::parser parser_;
};

std::string object(const std::string& name, int version) {
  return R"({"kind":"Gadget","metadata":{"name":")" + name + R"(","resourceVersion":")" + std::to_string(version) +
         R"("}})";
}
std::string event(const char* type, const std::string& object) {
  return std::string(R"({"type":")") + type + R"(","object":)" + object + "}\n";
}
std::string added(const std::string& name, int version) { return event("ADDED", object(name, version)); }
std::string deleted(const std::string& name, int version) { return event("DELETED", object(name, version)); }
std::string bookmark(int version) { return event("BOOKMARK", object("", version)); }
std::string listed(int version) {
  return event("BOOKMARK", R"({"metadata":{"resourceVersion":")" + std::to_string(version) +
                               R"(","annotations":{"k8s.io/initial-events-end":"true"}}})");
}
std::string gone(const char* reason) {
  return event("ERROR",
               std::string(R"({"kind":"Status","code":410,"reason":")") + reason + R"(","message":"too old"})");
}
std::string page(int version, const std::string& next, std::initializer_list<std::string> items) {
  std::string text = R"({"kind":"GadgetList","items":[)";
  for (const std::string& item : items) text += (text.ends_with("[") ? "" : ",") + item;
  return text + R"(],"metadata":{"resourceVersion":")" + std::to_string(version) + R"(","continue":")" + next +
         R"("}})";
}

const char* const kGroup =
    R"({"kind":"APIGroup","name":"example.org","versions":[{"version":"v1beta1"},{"version":"v1"}]})";
const char* const kDiscovery = "GET /apis/example.org ";
const char* const kStream = "/v1/gadgets?watch=true&allowWatchBookmarks=true&timeoutSeconds=450&sendInitialEvents=true";
const char* const kList = "/v1/gadgets?limit=500 ";
const char* const kForbidden = R"({"kind":"Status","code":403,"reason":"Forbidden","message":"gadgets is forbidden"})";

std::string watch(int version) {
  return "/v1/gadgets?watch=true&allowWatchBookmarks=true&timeoutSeconds=450&resourceVersion=" +
         std::to_string(version) + " ";
}

std::string probe(int version) {
  return "/v1/gadgets?limit=1&resourceVersionMatch=NotOlderThan&resourceVersion=" + std::to_string(version) + " ";
}

Backoff quick() {
  using std::chrono::milliseconds;
  return Backoff({milliseconds(1), milliseconds(5), milliseconds(5), milliseconds(120'000)}, [] { return 0.5; });
}

struct Mirror {
  explicit Mirror(std::string token = "", std::string token_file = "", Backoff backoff = quick(),
                  const std::string& ca = "")
      : client(loop, ClusterAccess{api.url(), tls(ca), std::move(token), std::move(token_file), ""}),
        reflector(client, Resource{"example.org", "gadgets", {"v1", "v1beta1"}, ""}, source, notes,
                  std::move(backoff)) {}

  static TlsSettings tls(const std::string& ca) {
    return ca.empty() ? TlsSettings() : TlsSettings{*read_pem(ca), {}, {}, "", false};
  }

  TestLoop loop;
  FakeApi api{loop};
  ApiClient client;
  Source source{"east", true};
  Notes notes;
  Reflector reflector;
};

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

TEST_CASE("an API server that is away at the start, and later") {
  Mirror mirror;
  const uint16_t port = mirror.api.port();
  mirror.api.stop();
  mirror.api.script = {{kDiscovery, 200, kGroup}, {kStream, 200, added("a", 3) + listed(7), Ending::kOpen}};
  mirror.reflector.start();
  REQUIRE(run_until(mirror.loop, [&] { return mirror.source.errors(SourceError::kConnect) >= 2; }));
  mirror.api.listen(port);
  REQUIRE(run_until(mirror.loop, [&] { return mirror.notes.text == "[ +a.3 ] /"; }));

  mirror.api.stop();
  REQUIRE(run_until(mirror.loop, [&] { return mirror.source.errors(SourceError::kConnect) >= 5; }));
  mirror.api.script = {{probe(7), 200, "{}"}, {watch(7), 200, added("b", 9), Ending::kOpen}};
  mirror.api.listen(port);
  REQUIRE(run_until(mirror.loop, [&] { return mirror.notes.text == "[ +a.3 ] / +b.9 /"; }));
  CHECK(mirror.source.relists() == 0);
  CHECK(mirror.api.surprises == std::vector<std::string>());
}

TEST_CASE("Retry-After is honoured ten times in a row") {
  using std::chrono::hours;
  Backoff::Limits limits{hours(1), hours(1), hours(1), hours(1)};
  limits.longest_told = std::chrono::seconds(0);
  Mirror mirror("", "", Backoff(limits, [] { return 0.5; }));
  const auto busy = [&](const std::string& request) {
    for (int i = 0; i < 10; ++i) {
      mirror.api.script.push_back({request, 429, "", Ending::kComplete, "Retry-After: 1\r\n"});
    }
  };
  busy(kDiscovery);
  mirror.api.script.push_back({kDiscovery, 200, kGroup});
  busy(kStream);
  mirror.api.script.push_back({kStream, 200, listed(7), Ending::kOpen});
  mirror.reflector.start();
  CHECK(run_until(mirror.loop, [&] { return mirror.notes.text == "[ ] /"; }));
  CHECK(mirror.source.errors(SourceError::kThrottled) == 20);
  CHECK(mirror.api.surprises == std::vector<std::string>());
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

TEST_CASE("another token is tried at once, and once") {
  const TempDir dir, elsewhere;  // so that the client does not see that the file changes
  elsewhere.write("token", "one");
  std::filesystem::create_symlink(elsewhere.path() + "/token", dir.path() + "/token");
  using std::chrono::hours;
  Mirror mirror("", dir.path() + "/token", Backoff({hours(1), hours(1), hours(1), hours(1)}, [] { return 0.5; }));
  mirror.api.script = {{kDiscovery, 401, "{}"}, {kDiscovery, 200, kGroup}, {kStream, 401, "{}"}, {kStream, 401, "{}"}};
  mirror.reflector.start();
  elsewhere.write("token", "two");
  REQUIRE(run_until(mirror.loop, [&] { return mirror.source.errors(SourceError::kUnauthorized) == 2; }));
  CHECK(mirror.api.script.size() == 1);
  CHECK(mirror.api.requests.at(0).find("Bearer one") != std::string::npos);
  CHECK(mirror.api.requests.at(1).find("Bearer two") != std::string::npos);
}

TEST_CASE("other certificates cost no event") {
  const TempDir dir;
  const std::string ca = dir.write("ca.crt", make_certificate(make_key()));
  Mirror mirror("", "", quick(), ca);
  mirror.api.script = {{kDiscovery, 200, kGroup}, {kStream, 200, listed(7) + added("a", 8), Ending::kOpen}};
  mirror.reflector.start();
  REQUIRE(run_until(mirror.loop, [&] { return mirror.notes.text == "[ ] +a.8 /"; }));
  mirror.api.script = {{watch(8), 200, added("b", 9), Ending::kOpen}};
  dir.write("ca.crt", make_certificate(make_key()));
  REQUIRE(run_until(mirror.loop, [&] { return mirror.notes.text == "[ ] +a.8 / +b.9 /"; }));
  CHECK(mirror.source.errors(SourceError::kConnect) == 0);
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
