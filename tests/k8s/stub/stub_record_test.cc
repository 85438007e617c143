#include "k8s/stub/stub_record.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

namespace meshdns {
namespace {

TEST_CASE("a record is read as it was written") {
  const StubRecord written{"global",
                           {"10.96.0.53", "[fd00::1]:5353"},
                           true,
                           {{{"kube-system", "coredns", "Corefile"}, false, ".:53 {\n}\n", text_hash("x")},
                            {{"kube-system", "kube-dns", "stubDomains"}, true, {}, text_hash("y")}}};
  const auto object = nlohmann::json::parse(record_json(written, "kube-system", "12"));
  CHECK(object["metadata"]["resourceVersion"] == "12");
  const auto read = parse_record(object["data"].get<std::map<std::string, std::string>>());
  REQUIRE(read);
  CHECK(read->zone == "global");
  CHECK(read->servers == written.servers);
  CHECK(read->verified);
  REQUIRE(read->changes.size() == 2);
  CHECK(read->changes[0].target == written.changes[0].target);
  CHECK(read->changes[0].before == ".:53 {\n}\n");
  CHECK_FALSE(read->changes[0].created);
  CHECK_FALSE(read->changes[1].before);
  CHECK(read->changes[1].created);
  CHECK(read->changes[1].after_hash == text_hash("y"));
}

TEST_CASE("a ConfigMap that is no record") {
  CHECK_FALSE(parse_record({}));
  for (const char* record :
       {"", "x", "[]", R"({"version":2})", R"({"version":1,"zone":1})", R"({"version":1,"zone":"global"})"}) {
    CAPTURE(std::string(record));
    CHECK_FALSE(parse_record({{"record.json", record}}));
  }
}

TEST_CASE("hashes and names") {
  CHECK(text_hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(record_name(*Name::parse("Mesh_A.global.")) == "meshdns-stub-mesh-a.global");
}

}  // namespace
}  // namespace meshdns
