#include "server/admin.h"

#include <doctest/doctest.h>
#include <httplib.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/server/admin_fixture.h"

namespace meshdns {
namespace {

struct Running {
  explicit Running(AdminFixture& fixture, std::vector<std::string> allow = {"127.0.0.0/8"},
                   const char* address = "127.0.0.1") {
    AdminOptions options{{*IpAddress::parse(address), 0}, {}};
    for (const std::string& block : allow) options.allow.push_back(*IpBlock::parse(block));
    auto started = AdminServer::start(options, fixture.view());
    REQUIRE(static_cast<bool>(started));
    server = std::move(*started);
  }

  httplib::Client client() const { return httplib::Client("127.0.0.1", server->port()); }
  httplib::Response get(const std::string& path) const {
    const auto result = client().Get(path);
    REQUIRE(static_cast<bool>(result));
    return *result;
  }

  std::unique_ptr<AdminServer> server;
};

TEST_CASE("every endpoint") {
  struct Case {
    const char* path;
    int status;
    const char* type;
    const char* contains;
  };
  const std::vector<Case> cases = {
      {"/health", 200, "text/plain", "OK"},
      {"/ready", 503, "text/plain", "source east has not synced\n"},
      {"/metrics", 200, "text/plain; version=0.0.4", "meshdns_zone_names"},
      {"/zones/global", 200, "text/dns", "$ORIGIN global.\nglobal.\t30\tIN\tSOA"},
      {"/zones/GLOBAL.", 200, "text/dns", "$ORIGIN global.\n"},
      {"/zones/mesh.example", 200, "text/dns", "$ORIGIN mesh.example.\n"},
      {"/zones/a.global", 404, "text/plain", "/zones/global\n/zones/mesh.example\n"},
      {"/zones/", 404, "text/plain", "/zones/global\n"},
      {"/zones/..%2f..%2fetc", 404, "text/plain", "no such zone"},
      {"/explain?name=a.global", 503, "text/plain", "try again"},
      {"/explain", 400, "text/plain", "name="},
      {"/explain?name=a..b", 400, "text/plain", "name=a..b"},
      {"/explain?name=a&type=BOGUS", 400, "text/plain", "type=BOGUS"},
      {"/explain?name=a&type=65536", 400, "text/plain", "type=65536"},
      {"/explain?name=a&type=0", 400, "text/plain", "type=0"},
      {"/explain?name=a&type=TYPE65537", 400, "text/plain", "type=TYPE65537"},
      {"/explain?name=a&type=TYPE-1", 400, "text/plain", "type=TYPE-1"},
      {"/explain?name=a&type=TYPE1x", 400, "text/plain", "type=TYPE1x"},
      {"/explain?name=a&type=A%00b", 400, "text/plain", "type=A"},
      {"/", 200, "text/html", "<a href=\"/zones/mesh.example\">mesh.example</a>"},
      {"/nothing", 404, "text/plain", "/explain?name=NAME"},
      {"/health/", 404, "text/plain", "/health"},
  };
  AdminFixture fixture;
  const Running running(fixture);
  for (const Case& c : cases) {
    CAPTURE(std::string(c.path));
    const auto response = running.get(c.path);
    CHECK(response.status == c.status);
    CHECK(response.get_header_value("Content-Type").starts_with(c.type));
    CHECK(response.body.find(c.contains) != std::string::npos);
  }
}

TEST_CASE("ready once the required sources have synced, and not when shutting down") {
  AdminFixture fixture;
  const Running running(fixture);
  CHECK(running.get("/ready").body == "source east has not synced\n");
  fixture.sources[0]->set_synced();
  CHECK(running.get("/ready").status == 200);  // west is optional
  running.server->set_shutting_down();
  CHECK(running.get("/ready").status == 503);
  CHECK(running.get("/ready").body == "shutting down\n");
  CHECK(running.get("/health").status == 200);
}

TEST_CASE("an explanation as JSON") {
  AdminFixture fixture;
  Explanation& explanation = fixture.explanation.emplace();
  explanation.outcome = Explanation::Outcome::kAnswer;
  explanation.zone = "global";
  explanation.owner = "a.global";
  explanation.records = {"a.global. 30 IN A 240.0.0.1"};
  explanation.claimants = {{"east", "bar/a", 1700000000, {"240.0.0.1"}, "spec.addresses", true, "the oldest"}};
  explanation.skipped = {{"east", "bar/b", "\xff", "invalid-host", "a host name"}};  // not UTF-8: must not throw
  const Running running(fixture);
  const auto response = running.get("/explain?name=A.Global.&type=aaaa");
  CHECK(response.get_header_value("Content-Type") == "application/json");
  CHECK(fixture.asked_name == "a.global");
  CHECK(fixture.asked_type == 28);
  const auto json = nlohmann::json::parse(response.body);
  CHECK(json["name"] == "a.global");
  CHECK(json["type"] == "AAAA");
  CHECK(json["outcome"] == "answer");
  CHECK(json["records"] == nlohmann::json::array({"a.global. 30 IN A 240.0.0.1"}));
  CHECK(json["claimants"][0]["created"] == "2023-11-14T22:13:20Z");
  CHECK(json["claimants"][0]["origin"] == "spec.addresses");
  CHECK(json["claimants"][0]["wins"] == true);
  CHECK(json["skipped"][0]["reason"] == "invalid-host");

  struct Case {
    const char* type;
    uint16_t number;
  };
  for (const Case& c :
       std::vector<Case>{{"A", 1}, {"28", 28}, {"TYPE65280", 65280}, {"type1", 1}, {"HTTPS", 65}, {"any", 255}}) {
    CAPTURE(std::string(c.type));
    CHECK(running.get(std::string("/explain?name=a&type=") + c.type).status == 200);
    CHECK(fixture.asked_type == c.number);
  }
}

TEST_CASE("zones and explanations are for the clients that may read them") {
  struct Case {
    const char* listen;
    std::vector<std::string> allow;
    int status;
  };
  const std::vector<Case> cases = {
      {"127.0.0.1", {"127.0.0.0/8"}, 200},
      {"127.0.0.1", {"10.0.0.0/8", "127.0.0.1"}, 200},
      {"127.0.0.1", {"10.0.0.0/8"}, 403},
      {"127.0.0.1", {}, 403},
      {"::", {"127.0.0.0/8"}, 200},  // an IPv4 client, v4-mapped
      {"::", {"::1/128"}, 403},
  };
  for (const Case& c : cases) {
    CAPTURE(std::string(c.listen));
    AdminFixture fixture;
    fixture.explanation.emplace();
    const Running running(fixture, c.allow, c.listen);
    CHECK(running.get("/zones/global").status == c.status);
    CHECK(running.get("/explain?name=a").status == c.status);
    CHECK(running.get("/metrics").status == 200);
  }
}

TEST_CASE("what people see is escaped") {
  AdminFixture fixture;
  fixture.sources.push_back(std::make_unique<Source>("<script>&\"", true));
  const Running running(fixture);
  const std::string page = running.get("/").body;
  CHECK(page.find("<script>") == std::string::npos);
  CHECK(page.find("&lt;script&gt;&amp;&quot;") != std::string::npos);
}

TEST_CASE("a large zone is streamed") {
  AdminFixture fixture;
  for (int i = 0; i < 20000; ++i) fixture.put(("name" + std::to_string(i) + ".global").c_str(), {"192.0.2.1"});
  const Running running(fixture);
  const auto response = running.get("/zones/global");
  CHECK(response.get_header_value("Transfer-Encoding") == "chunked");
  CHECK(std::count(response.body.begin(), response.body.end(), '\n') == 20000 + 4);
  CHECK(running.get("/zones/global").status == 200);  // the first has let go
}

}  // namespace
}  // namespace meshdns
