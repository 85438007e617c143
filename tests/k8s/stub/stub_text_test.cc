#include "k8s/stub/stub_text.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

const Name kZone = *Name::parse("global");
const StubDomain kStub{kZone, {*parse_dns_server("10.0.0.53")}};

TEST_CASE("the stub domain comes and goes, whatever holds it") {
  struct Case {
    StubForm form;
    KeyText before;
    const char* part;  // of what there is then
  };
  for (const Case& c :
       std::vector<Case>{{StubForm::kCorefile, ".:1053 {\n    reload\n}", "\nglobal:1053 {\n"},
                         {StubForm::kCorefile, "# empty but for this\n.:53 { }\n", "    forward . 10.0.0.53\n"},
                         {StubForm::kServerFile, std::nullopt, "\nglobal:8053 {\n"},
                         {StubForm::kStubDomains, std::nullopt, R"({"global": ["10.0.0.53"]})"},
                         {StubForm::kStubDomains, R"({"a.b": ["1.1.1.1"]})", R"({"global": ["10.0.0.53"], "a.b")"}}) {
    CAPTURE(c.before.value_or("none"));
    CorefileStyle style;
    style.addresses.ports = {8053};
    const auto with = with_stub(c.form, c.before, kStub, style);
    REQUIRE_MESSAGE(with, with.error());
    CHECK((*with)->find(c.part) != std::string::npos);
    CHECK(**stub_servers(c.form, *with, kZone) == std::vector<std::string>{"10.0.0.53"});
    CHECK_FALSE(*stub_servers(c.form, c.before, kZone));
    CHECK(*with_stub(c.form, *with, kStub, style) == *with);
    CHECK(*without_stub(c.form, *with, kZone) == c.before);
    CHECK(*without_stub(c.form, c.before, kZone) == c.before);
  }
}

TEST_CASE("what is in the way") {
  struct Case {
    StubForm form;
    const char* text;
    CoreDnsVersion version;
    const char* error;  // a part of it
  };
  for (const Case& c : std::vector<Case>{
           {StubForm::kCorefile, ".:53 {\n", {1, 11, 1}, "Corefile:"},
           {StubForm::kCorefile, ".:53 {\n    proxy . 1.1.1.1\n}\n", {1, 5, 0}, "Corefile:2: proxy"},
           {StubForm::kCorefile, "global:53 {\n    file db.global\n}\n.:53 {\n}\n", {1, 11, 1}, "Corefile:1:"},
           {StubForm::kStubDomains, "[]", {1, 11, 1}, "stubDomains"}}) {
    CAPTURE(std::string(c.text));
    const auto with = with_stub(c.form, c.text, kStub, {c.version, {}, false});
    REQUIRE_FALSE(with);
    CAPTURE(with.error());
    CHECK(with.error().find(c.error) != std::string::npos);
  }
}

TEST_CASE("an old Corefile") {
  const std::string old =
      ".:53 {\n    kubernetes cluster.local {\n        upstream\n    }\n    proxy . /etc/resolv.conf\n}\n";
  CHECK((*with_stub(StubForm::kCorefile, old, kStub, {{1, 2, 6}, {}, false}))->find("proxy . 10.0.0.53") !=
        std::string::npos);
  const auto modern = with_stub(StubForm::kCorefile, old, kStub, {{1, 11, 1}, {}, true});
  REQUIRE(modern);
  CHECK((*modern)->find("proxy .") == std::string::npos);
  CHECK((*modern)->find("upstream") == std::string::npos);
}

}  // namespace
}  // namespace meshdns
