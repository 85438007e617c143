#include "k8s/istio/manifest.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "k8s/istio/publisher.h"

namespace meshdns {
namespace {

/// The manifest's objects as "place json", or the error.
std::string parse(std::string_view text) {
  const auto objects = parse_manifest(text, "f.yaml");
  if (!objects) return objects.error();
  std::string result;
  for (const ManifestObject& object : *objects) {
    result += (result.empty() ? "" : " | ") + object.place + " " + object.json;
  }
  return result;
}

TEST_CASE("documents, as kubectl reads them") {
  struct Case {
    std::string text;
    std::string expected;  // the objects
  };
  const std::vector<Case> cases = {
      {"", ""},
      {"# a comment\n", ""},
      {"---\n---\n", ""},
      {"a: 1\n", R"(f.yaml:1 {"a":1})"},
      {"\xef\xbb\xbfk: 1\r\nb: x\r\n", R"(f.yaml:1 {"b":"x","k":1})"},
      {"---\na: 1\n---\n# nothing\n---\nb: 2\n...\n", R"(f.yaml:1 {"a":1} | f.yaml:5 {"b":2})"},
      {"%YAML 1.2\n---\na: 1\n", R"(f.yaml:2 {"a":1})"},
      {R"({"a": {"b": [1, "2", true, null, 1.5]}})", R"(f.yaml:1 {"a":{"b":[1,"2",true,null,1.5]}})"},
      {"{\n\t\"a\": \"\\ud83d\\ude00\\/\"\n}\n", "f.yaml:1 {\"a\":\"\xf0\x9f\x98\x80/\"}"},
      {"{a: 1}\n---\n{b: 2}\n", R"(f.yaml:1 {"a":1} | f.yaml:2 {"b":2})"},
      {R"({"kind": "List", "items": [{"a": 1}]})", R"(f.yaml:1, item 1 {"a":1})"},
      {"kind: List\nitems:\n- a: 1\n- b: 2\n", R"(f.yaml:1, item 1 {"a":1} | f.yaml:1, item 2 {"b":2})"},
      {"kind: ServiceEntryList\nitems: [{a: 1}, null]\n", R"(f.yaml:1, item 1 {"a":1})"},
      {"kind: List\nitems: x\n", R"(f.yaml:1 {"items":"x","kind":"List"})"},
      {"just a text", R"(f.yaml:1 "just a text")"},
      {"[1]", "f.yaml:1 [1]"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(parse(c.text) == c.expected);
  }
}

TEST_CASE("scalars") {
  struct Case {
    std::string yaml;
    std::string json;
  };
  const std::vector<Case> cases = {
      {"8000", "8000"},
      {"-1", "-1"},
      {"1.5e3", "1500.0"},
      {"'8000'", R"("8000")"},
      {"\"8000\"", R"("8000")"},
      {"!!str 8000", R"("8000")"},
      {"!!int 8000", "8000"},
      {"true", "true"},
      {"True", "true"},
      {"FALSE", "false"},
      {"'true'", R"("true")"},
      {"null", "null"},
      {"~", "null"},
      {"", "null"},
      {"''", R"("")"},
      {"'null'", R"("null")"},
      {"http", R"("http")"},
      {"1.2.3.4", R"("1.2.3.4")"},
      {"::1", R"("::1")"},
      {"010", "8"},
      {"0x1F", "31"},
      {"0o17", "15"},
      {"0b11", "3"},
      {"-0x10", "-16"},
      {"+5", "5"},
      {"1_000", "1000"},
      {"'0x10'", R"("0x10")"},
      {"0x", R"("0x")"},
      {"09", R"("09")"},
      {"+-5", R"("+-5")"},
      {"_", R"("_")"},
      {"0xFFFFFFFFFFFFFFFF", R"("0xFFFFFFFFFFFFFFFF")"},
      {"1e999", R"("1e999")"},
      {"99999999999999999999", "1e+20"},
      {".inf", R"(".inf")"},
      {"1 2", R"("1 2")"},
      {"2024-02-29T12:00:00Z", R"("2024-02-29T12:00:00Z")"},
      {"'*.bar.global'", R"("*.bar.global")"},
      {"|\n  x\n  y\n", R"("x\ny\n")"},
      {">-\n  x\n  y\n", R"("x y")"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.yaml);
    CHECK(parse("a: " + c.yaml) == "f.yaml:1 {\"a\":" + c.json + "}");
  }
  CHECK(parse("8000: x\ntrue: y\n'q': z") == R"(f.yaml:1 {"8000":"x","q":"z","true":"y"})");
}

TEST_CASE("anchors, aliases and merge keys") {
  struct Case {
    std::string yaml;
    std::string expected;
  };
  const std::vector<Case> cases = {
      {"a: &x 1\nb: *x", R"(f.yaml:1 {"a":1,"b":1})"},
      {"a: &x [1, 2]\nb: [*x, *x]", R"(f.yaml:1 {"a":[1,2],"b":[[1,2],[1,2]]})"},
      {"a: &x 1\nb: &x 2\nc: *x", R"(f.yaml:1 {"a":1,"b":2,"c":2})"},
      {"a: &x k\n*x : 2", R"(f.yaml:1 {"a":"k","k":2})"},
      {"a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}", R"(f.yaml:1 {"a":{"p":1,"q":2},"b":{"p":1,"q":3}})"},
      {"a: &x {p: 1}\nb: {<<: [*x, {p: 2, q: 2}]}", R"(f.yaml:1 {"a":{"p":1},"b":{"p":1,"q":2}})"},
      {"a: {'<<': {p: 1}}", R"(f.yaml:1 {"a":{"<<":{"p":1}}})"},
      {"a: {<<: 1}", "f.yaml:1:4: expected a mapping, or a list of them, as the value of <<"},
      {"a: {<<: {}, <<: {}}", "f.yaml:1:13: the key '<<' is in this mapping already"},
      {"a: &x [*x]", "f.yaml:1:8: an alias within what it stands for"},
      {"a: *x", "f.yaml:1:4: the referenced anchor is not defined"},
      {"a: &x 1\n---\nb: *x", "f.yaml:3:4: the referenced anchor is not defined"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.yaml);
    CHECK(parse(c.yaml) == c.expected);
  }
}

TEST_CASE("an alias bomb is refused before it expands") {
  std::string laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int level = 1; level <= 60; ++level) {
    const std::string name = std::to_string(level);
    std::string list;
    for (int i = 0; i < 9; ++i) list.append(i == 0 ? "" : ", ").append("*a").append(std::to_string(level - 1));
    laughs.append("a").append(name).append(": &a").append(name).append(" [").append(list).append("]\n");
  }
  std::string text_bomb = "a: &a '" + std::string(1'000'000, 'x') + "'\nb: [";
  for (int i = 0; i < 10'000; ++i) text_bomb += "*a, ";
  text_bomb += "]\n";
  std::string nested = "a: ";
  for (int level = 0; level < 90; ++level) nested += "&a" + std::to_string(level) + " [";
  nested += "'" + std::string(1'000'000, 'x') + "'" + std::string(90, ']');
  for (const std::string& bomb : {laughs, text_bomb, nested}) {
    const auto objects = parse_manifest(bomb, "bomb.yaml");
    REQUIRE_FALSE(objects);
    CHECK(objects.error().starts_with("bomb.yaml:"));
    CHECK(objects.error().ends_with(": the document's aliases stand for more than 16 MiB"));
  }
}

TEST_CASE("what is broken is named with its line") {
  struct Case {
    std::string text;
    std::string error;  // its beginning
  };
  const std::vector<Case> cases = {
      {"a: 1\nb: 2\na: 3\n", "f.yaml:3:1: the key 'a' is in this mapping already"},
      {"{\"a\\eb\": 1, \"a\\eb\": 2}", "f.yaml:1:13: the key 'a?b' is in this mapping already"},
      {"x:\n  - {a: 1, 'a': 2}\n", "f.yaml:2:12: the key 'a' is in this mapping already"},
      {"{\"a\": 1,\n \"b\": {\"c\": 1, \"c\": 2}}", "f.yaml:2:16: the key 'c' is in this mapping already"},
      {"{\"a\": 1,\n \"b\": [}", "f.yaml:2:8: "},
      {"{\"a\": " + std::string(100, '[') + std::string(100, ']') + "}", "f.yaml:1:106: nested deeper than 100 levels"},
      {"a: 1\n---\nb: 1\nb: 2\n", "f.yaml:4:1: the key 'b' is in this mapping already"},
      {"a:\n\t- 1\n", "f.yaml:2:"},
      {"a: [1, 2\nb: 3\n", "f.yaml:2:"},
      {"a: 'x\n", "f.yaml:3:1: the end of the file within a quoted text or a list"},
      {"a: \"x", "f.yaml:2:1: the end of the file within a quoted text or a list"},
      {"a: 'x\n---\nb: 1\n", "f.yaml:2:1: illegal document indicator in scalar"},
      {"a: 1\nb\n", "f.yaml:2:1: expected ':' behind the key"},
      {"a: [1,\n", "f.yaml:3:1: the end of the file within a quoted text or a list"},
      {"a: \"\\q\"\n", "f.yaml:1:"},
      {"a: \"\\N\"\n", "f.yaml:1:4: the escapes \\N and \\_ are not supported"},
      {"a: b: c\n", "f.yaml:1:5: illegal map value"},
      {"a:\n  b: 1\n c: 2\n", "f.yaml:3:"},
      {"a: 1\n- b\n", "f.yaml:2:"},
      {"- a\nb: 1\n", "f.yaml:2:"},
      {"a: 1\n}\n", "f.yaml:2:"},
      {"]", "f.yaml:1:1: "},
      {"a: 1\n]\n---\nb: 1\n", "f.yaml:2:"},
      {"{\"a\": 1} {\"b\": 2}", "f.yaml:1:10: "},
      {"--- ,x\n", "f.yaml:1:5: expected the end of the document, or '---' and another one"},
      {"? [a]\n: b\n", "f.yaml:1:3: expected a text as key"},
      {"~: b\n", "f.yaml:1:1: expected a text as key"},
      {"a: 1\nb: \x04\nc: 1\n", "f.yaml:2:4: a control character"},
      {std::string("a: \0", 4), "f.yaml:1:4: a control character"},
      {"a: 1\nb: \xff\n", "f.yaml:2:1: expected text in UTF-8"},
      {"\xff\xfe"
       "a\1:\1",
       "f.yaml:1:4: a control character"},
      {std::string(100, '[') + std::string(100, ']') + "\na", "f.yaml:2:1: "},
      {std::string(101, '[') + std::string(101, ']'), "f.yaml:1:101: nested deeper than 100 levels"},
      {std::string(100'000, '['), "f.yaml:"},
      {std::string(100'000, '{'), "f.yaml:"},
      {std::string(100'000, '[') + std::string(100'000, ']'), "f.yaml:1:101: nested deeper than 100 levels"},
      {"a: 1\n" + std::string(4'000'001, ','), "f.yaml:2:1: more than 4000000 nodes; split the file"},
      {std::string(33 << 20, '#'), "f.yaml: 34603008 bytes: a manifest has at most 32 MiB; split it"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text.substr(0, 100));
    const auto objects = parse_manifest(c.text, "f.yaml");
    REQUIRE_FALSE(objects);
    CAPTURE(objects.error());
    CHECK(objects.error().substr(0, c.error.size()) == c.error);
  }
}

TEST_CASE("which objects are ServiceEntries") {
  struct Case {
    std::string text;
    bool is_service_entry;
  };
  const std::vector<Case> cases = {
      {"{apiVersion: networking.istio.io/v1, kind: ServiceEntry}", true},
      {"{apiVersion: networking.istio.io/v1beta1, kind: ServiceEntry}", true},
      {"{apiVersion: networking.istio.io/v1alpha3, kind: ServiceEntry}", true},
      {"{apiVersion: networking.istio.io/v1, kind: VirtualService}", false},
      {"{apiVersion: v1, kind: ServiceEntry}", false},
      {"{apiVersion: [networking.istio.io/v1], kind: ServiceEntry}", false},
      {"{apiVersion: networking.istio.io/v1}", false},
      {"ServiceEntry", false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto objects = parse_manifest(c.text, "f.yaml");
    REQUIRE(objects);
    REQUIRE(objects->size() == 1);
    CHECK(objects->front().is_service_entry() == c.is_service_entry);
  }
}

TEST_CASE("the tutorial's manifest is served") {
  const auto objects = parse_manifest(R"(apiVersion: networking.istio.io/v1alpha3
kind: ServiceEntry
metadata:
  name: servicename04-bar
spec:
  hosts:
  - serverservice04.bar.global
  location: MESH_INTERNAL
  ports:
  - name: http1
    number: 8000
    protocol: http
  resolution: DNS
  addresses:
  - 240.0.0.2
  endpoints:
  - address: 172.25.55.50
    ports:
      http1: 15443
)",
                                      "serviceentry.yaml");
  REQUIRE(objects);
  REQUIRE(objects->size() == 1);
  const auto entry = parse_service_entry(objects->front().json);
  REQUIRE(entry);
  const Publication publication = publish(*entry);
  CHECK(publication.object == "default/servicename04-bar");
  CHECK(publication.skipped.empty());
  CHECK(publication.ports == std::vector<Port>{{"http1", 8000, "http"}});
  REQUIRE(publication.hosts.size() == 1);
  CHECK(publication.hosts[0].owner.text() == "serverservice04.bar.global");
  REQUIRE(publication.hosts[0].addresses.size() == 1);
  CHECK(publication.hosts[0].addresses[0].text() == "240.0.0.2");
}

}  // namespace
}  // namespace meshdns
