#include "k8s/stub/kube_dns_stub_domains.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

const Name kZone = *Name::parse("global");

StubDomain stub(const char* server) { return {kZone, {*parse_dns_server(server)}}; }

TEST_CASE("the zone comes and goes without a trace") {
  struct Case {
    const char* before;
    const char* with;
  };
  for (const Case& c :
       std::vector<Case>{{"", R"({"global": ["10.0.0.53"]})"},
                         {"\n", "{\"global\": [\"10.0.0.53\"]}\n"},
                         {R"({"acme.local": ["1.2.3.4"]})", R"({"global": ["10.0.0.53"], "acme.local": ["1.2.3.4"]})"},
                         {"{\n  \"acme.local\":[ \"1.2.3.4\" ]\n}\n",
                          "{\"global\": [\"10.0.0.53\"], \n  \"acme.local\":[ \"1.2.3.4\" ]\n}\n"}}) {
    CAPTURE(std::string(c.before));
    const auto with = with_stub_domain(c.before, stub("10.0.0.53"));
    REQUIRE(with);
    CHECK(*with == c.with);
    CHECK(*with_stub_domain(*with, stub("10.0.0.53")) == c.with);
    CHECK(**stub_domain_servers(*with, kZone) == std::vector<std::string>{"10.0.0.53"});
    CHECK_FALSE(*stub_domain_servers(c.before, kZone));
    CHECK(*without_stub_domain(*with, kZone) == c.before);
    const auto moved = with_stub_domain(*with, stub("10.0.0.54"));
    CHECK(*with_stub_domain(*moved, stub("10.0.0.53")) == c.with);
    CHECK(*without_stub_domain(c.before, kZone) == c.before);
  }
}

TEST_CASE("a zone that stands elsewhere is found, changed and taken out") {
  const std::string text = R"({"a.b":["1.1.1.1"],"GLOBAL.":["2.2.2.2"]})";
  CHECK(**stub_domain_servers(text, kZone) == std::vector<std::string>{"2.2.2.2"});
  CHECK(*with_stub_domain(text, stub("3.3.3.3")) == R"({"a.b":["1.1.1.1"],"GLOBAL.":["3.3.3.3"]})");
  CHECK(*without_stub_domain(text, kZone) == R"({"a.b":["1.1.1.1"]})");
}

TEST_CASE("what kube-dns would not read") {
  for (const char* text : {"x", "[]", "{", R"({"a": "1.1.1.1"})", R"({"a": [1]})", R"({"a": []} x)"}) {
    CAPTURE(std::string(text));
    CHECK_FALSE(stub_domain_servers(text, kZone));
    CHECK_FALSE(with_stub_domain(text, stub("10.0.0.53")));
    CHECK_FALSE(without_stub_domain(text, kZone));
  }
}

}  // namespace
}  // namespace meshdns
