#include "k8s/mesh/manifest_text.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace meshdns {
namespace {

/// The text with the patch carried out in its object, or the error.
std::string patched(const std::string& text, const std::string& patch, size_t object = 0) {
  const auto manifest = ManifestText::parse(text, "f.yaml");
  if (!manifest) return manifest.error();
  const auto result = manifest->patched(object, patch);
  return result ? *result : result.error();
}

/// The weight at `pointer` becomes 20.
std::string weighed(const std::string& text, const std::string& pointer) {
  return patched(text, R"([{"op": "add", "path": ")" + pointer + R"(", "value": 20}])");
}

TEST_CASE("a weight is replaced, and nothing else") {
  struct Case {
    std::string text;
    std::string expected;
  };
  for (const Case& c : std::vector<Case>{
           {"w: 50", "w: 20"},
           {"w: 50\n", "w: 20\n"},
           {"# a\nw:   50   # b\n", "# a\nw:   20   # b\n"},
           {"a: 1\r\nw: 50\r\nb: 2\r\n", "a: 1\r\nw: 20\r\nb: 2\r\n"},
           {"\xef\xbb\xbf# ü\nü: ö\nw: 50\n", "\xef\xbb\xbf# ü\nü: ö\nw: 20\n"},
           {"w: 0x32\n", "w: 20\n"},
           {"w: !!int 50\n", "w: !!int 20\n"},
           {"w: !<tag:yaml.org,2002:int> 50\n", "w: !<tag:yaml.org,2002:int> 20\n"},
           {"w: !!int \"50\"\n", "w: !!int 20\n"},
           {"w: &w 50\n", "w: &w 20\n"},
           {"w: &w !!int\n  50\n", "w: &w !!int\n  20\n"},
           {"a: &w 50\nw: *w\n", "a: &w 50\nw: 20\n"},
           {"w:\na: 1\n", "w: 20\na: 1\n"},
           {"w: ~\n", "w: 20\n"},
           {"w: null # c\n", "w: 20 # c\n"},
           {"\"w\" : 50\n", "\"w\" : 20\n"},
           {"'w': 50\n", "'w': 20\n"},
           {"? w\n: 50\n", "? w\n: 20\n"},
           {"a: &k w\n*k : 50\n", "a: &k w\n*k : 20\n"},
           {"{a: \"b\\\"}\", w: 50}\n", "{a: \"b\\\"}\", w: 20}\n"},
           {"{a: 'it''s', w: 50 , }\n", "{a: 'it''s', w: 20 , }\n"},
           {"{\"w\":50}", "{\"w\":20}"},
           {"{\n\t\"a\": \"\\ud83d\\ude00\",\n\t\"w\": 50\n}\n", "{\n\t\"a\": \"\\ud83d\\ude00\",\n\t\"w\": 20\n}\n"},
           {"a: |\n  w: 50\n\n  x\nw: 50\n", "a: |\n  w: 50\n\n  x\nw: 20\n"},
           {"a: >-\n  # no comment\n\nw: 50\n", "a: >-\n  # no comment\n\nw: 20\n"},
           {"a: b\n  c  d\n\n  e\nw: 50\n", "a: b\n  c  d\n\n  e\nw: 20\n"},
           {"a: [b: c, {d}, ? e : f, *x]\nw: 50\n", "f.yaml:1:25: the referenced anchor is not defined"},
           {"a: &x [b: c, {d}, ? e : f, &y ~, null]\nb: [*x, *y]\nw: 50\n",
            "a: &x [b: c, {d}, ? e : f, &y ~, null]\nb: [*x, *y]\nw: 20\n"},
           {"a:\n- \n- |\n   x\n-\n  - 1\n- - 2\nb:\nw: 50\n", "a:\n- \n- |\n   x\n-\n  - 1\n- - 2\nb:\nw: 20\n"},
           {"%YAML 1.2\n---\nw: 50\n...\n", "%YAML 1.2\n---\nw: 20\n...\n"},
           {"--- {w: 50}\n", "--- {w: 20}\n"},
       }) {
    CAPTURE(c.text);
    CHECK(weighed(c.text, "/w") == c.expected);
  }
}

TEST_CASE("an item of a list is replaced where it stands") {
  const std::string patch = R"([{"op": "replace", "path": "/a/1", "value": "x y"}])";
  CHECK(patched("a:\n- 1\n- 2   # c\n- 3\n", patch) == "a:\n- 1\n- \"x y\"   # c\n- 3\n");
  CHECK(patched("a: [1, 2, 3]\n", patch) == "a: [1, \"x y\", 3]\n");
}

TEST_CASE("a weight that is not written gets a line, or a place, of its own") {
  struct Case {
    std::string text;
    std::string expected;
  };
  for (const Case& c : std::vector<Case>{
           {"r:\n- d: {h: a}\n- d: b\n", "r:\n- d: {h: a}\n  w: 20\n- d: b\n"},
           {"r:\n  - d:\n      h: a  # c\n  # e\n  - d: b\n",
            "r:\n  - d:\n      h: a  # c\n    w: 20\n  # e\n  - d: b\n"},
           {"r:\r\n- d: a\r\n", "r:\r\n- d: a\r\n  w: 20\r\n"},
           {"r:\n- d: a", "r:\n- d: a\n  w: 20"},
           {"r: [{d: a}]\n", "r: [{d: a, w: 20}]\n"},
           {"r: [{d: a, }]\n", "r: [{d: a, w: 20, }]\n"},
           {"r: [{}]\n", "r: [{\"w\": 20}]\n"},
           {"{\"r\":[{\"d\":\"a\"}]}", "{\"r\":[{\"d\":\"a\", \"w\": 20}]}"},
           {"{\n\t\"r\": [\n\t\t{\n\t\t\t\"d\": \"a\"\n\t\t}\n\t]\n}\n",
            "{\n\t\"r\": [\n\t\t{\n\t\t\t\"d\": \"a\",\n\t\t\t\"w\": 20\n\t\t}\n\t]\n}\n"},
           {"x: &x {w: 1, d: a}\nr:\n- <<: *x\n", "x: &x {w: 1, d: a}\nr:\n- <<: *x\n  w: 20\n"},
           {"r:\n- d: |\n    a\n\n", "r:\n- d: |\n    a\n  w: 20\n\n"},
           {"r:\n- d:\n", "r:\n- d:\n  w: 20\n"},
       }) {
    CAPTURE(c.text);
    CHECK(weighed(c.text, "/r/0/w") == c.expected);
  }
}

TEST_CASE("an edit that would show elsewhere is refused") {
  struct Case {
    std::string text;
    std::string error;
  };
  for (const Case& c : std::vector<Case>{
           {"a: &r {w: 50}\nr: *r\n",
            "f.yaml:1: an edit here would change something else, too; line 2 has *r, and line 1 "
            "what it stands for: a change there shows in both places; write it out in the first"},
           {"a:\n  &b\n  r: {w: 50}\n<<: *b\n",
            "f.yaml:3: an edit here would change something else, too; line 4 has *b, and line 2 what it stands for: a "
            "change there shows in both places; write it out in the first"},
           {"r: {w: &w 50}\nb: *w\n",
            "f.yaml:1: an edit here would change something else, too; what stands there is used "
            "elsewhere, too (an anchor &…): write it out in both places"},
       }) {
    CAPTURE(c.text);
    CHECK(weighed(c.text, "/r/w") == c.error);
  }
  const std::string all = R"([{"op": "add", "path": "/r/0", "value": 1}, {"op": "add", "path": "/r/1", "value": 2}])";
  CHECK(patched("a: {x: &w 5, y: *w}\n", R"([{"op": "replace", "path": "/a/x", "value": 1},
                                             {"op": "replace", "path": "/a/y", "value": 2}])") ==
        "a: {x: &w 1, y: 2}\n");
}

TEST_CASE("items come and go") {
  struct Case {
    std::string text;
    std::string patch;
    std::string expected;
  };
  const std::string first = R"([{"op": "add", "path": "/r/0", "value": {"a": 1, "b": [2]}}])";
  const std::string second = R"([{"op": "add", "path": "/r/1", "value": {"a": 1}}])";
  const std::string last = R"([{"op": "add", "path": "/r/-", "value": {"a": 1}}])";
  const std::string without = R"([{"op": "remove", "path": "/r/1"}])";
  for (const Case& c : std::vector<Case>{
           {"r:  # c\n# d\n- x: 1\n", first, "r:  # c\n- a: 1\n  b:\n    - 2\n# d\n- x: 1\n"},
           {"r:\r\n  - x: 1\r\n", first, "r:\r\n  - a: 1\r\n    b:\r\n      - 2\r\n  - x: 1\r\n"},
           {"r:\n- x: 1  # c\n# d\n- y: 2\n", second, "r:\n- x: 1  # c\n- a: 1\n# d\n- y: 2\n"},
           {"r:\n- x: 1", last, "r:\n- x: 1\n- a: 1"},
           {"r:\n- x: 1\nz: 1\n", last, "r:\n- x: 1\n- a: 1\nz: 1\n"},
           {"r: []\n", last, "r: [{\"a\":1}]\n"},
           {"r: [{x: 1}, {y: 2}]\n", second, "r: [{x: 1}, {\"a\":1}, {y: 2}]\n"},
           {"{\n  \"r\": [\n    {}\n  ]\n}\n", last, "{\n  \"r\": [\n    {},\n    {\n      \"a\": 1\n    }\n  ]\n}\n"},
           {"r:\n- 1\n# b\n- 2 # c\n- 3\n", without, "r:\n- 1\n# b\n- 3\n"},
           {"r:\n- 1\n- 2", without, "r:\n- 1"},
           {"r: [1, 2, 3]\n", without, "r: [1, 3]\n"},
           {"r: [1, 2]\n", without, "r: [1]\n"},
           {"r:\n- - x\n  - y\n- z: |\n    1\n\nb: 1\n", without, "r:\n- - x\n  - y\n\nb: 1\n"},
       }) {
    CAPTURE(c.text);
    CHECK(patched(c.text, c.patch) == c.expected);
  }
}

TEST_CASE("members go") {
  struct Case {
    std::string text;
    std::string pointer;
    std::string expected;  // a text, or an error's part
  };
  for (const Case& c : std::vector<Case>{
           {"a: 1\nb: 2 # c\nz: 3\n", "/b", "a: 1\nz: 3\n"},
           {"a: 1\nb:\n  x:\n  - 1\n  # c\n  - 2\n\nz: 3\n", "/b", "a: 1\n\nz: 3\n"},
           {"a: 1\r\nb: 2\r\n", "/b", "a: 1\r\n"},
           {"a: 1\nb: 2", "/b", "a: 1"},
           {"a: {b: 1, c: 2}\n", "/a/b", "a: {c: 2}\n"},
           {"a: {b: 1, c: {d: 2}}\n", "/a/c", "a: {b: 1}\n"},
           {"a: {b: 1}\n", "/a/b", "a: {}\n"},
           {"{\n  \"a\": 1,\n  \"b\": [2]\n}\n", "/b", "{\n  \"a\": 1\n}\n"},
           {"r:\n- a: 1\n  b: 2\n", "/r/0/b", "r:\n- a: 1\n"},
           {"r:\n- a:\n    x: 1\n  b: 2 # c\n", "/r/0/a", "r:\n- b: 2 # c\n"},
           {"r:\n- a: 1\n  # c\n  b: 2\n", "/r/0/a", "it shares a line with a list's item"},
           {"a:\n  b: 1\n", "/a/b", "it is the only one there"},
           {"a: &x {b: 1, c: 2}\nr: *x\n", "/r/b", "an edit here would change something else, too"},
           {"a: &x\n  b: 1\nr:\n  <<: *x\n  c: 1\n", "/r/b", "it is not written there"},
       }) {
    CAPTURE(c.text);
    const std::string text = patched(c.text, R"([{"op": "remove", "path": ")" + c.pointer + R"("}])");
    CHECK((c.expected.ends_with('\n') || c.text.ends_with('2') ? text == c.expected
                                                               : text.find(c.expected) != text.npos));
  }
}

TEST_CASE("documents and Lists") {
  const std::string two = "# head\n---\nw: 50\n---\n# b\nw: 50\n";
  CHECK(patched(two, R"([{"op": "replace", "path": "/w", "value": 20}])", 1) ==
        "# head\n---\nw: 50\n---\n# b\nw: 20\n");
  const std::string list = "kind: List\nitems:\n- w: 50\n- w: 50\n";
  CHECK(patched(list, R"([{"op": "replace", "path": "/w", "value": 20}])", 1) ==
        "kind: List\nitems:\n- w: 50\n- w: 20\n");
  CHECK(patched(two, R"([{"op": "test", "path": "/w", "value": 49}])").find("unsuccessful") != std::string::npos);

  const nlohmann::ordered_json object{{"b", 1}, {"a", {{"c", "x"}}}};
  const auto with = [&](const std::string& text) { return *ManifestText::parse(text, "f.yaml")->with(object); };
  CHECK(with("") == "b: 1\na:\n  c: x\n");
  CHECK(with("# c\n") == "# c\nb: 1\na:\n  c: x\n");
  CHECK(with("x: 1") == "x: 1\n---\nb: 1\na:\n  c: x\n");
  CHECK(with("x: 1\r\n") == "x: 1\r\n---\r\nb: 1\r\na:\r\n  c: x\r\n");
  CHECK(with("{\"x\": 1}\n...\n") == "{\"x\": 1}\n...\n---\nb: 1\na:\n  c: x\n");

  const auto without = [&](const std::string& text, size_t i) {
    return *ManifestText::parse(text, "f.yaml")->without(i);
  };
  CHECK(without(two, 0) == "# head\n---\n# b\nw: 50\n");
  CHECK(without(two, 1) == "# head\n---\nw: 50\n");
  CHECK(without(list, 0) == "kind: List\nitems:\n- w: 50\n");
}

TEST_CASE("where a field stands") {
  const auto manifest = ManifestText::parse("a: 1\n---\nb:\n- c\n- d: 2\n", "f.yaml");
  REQUIRE(manifest);
  CHECK(manifest->place(1, "/b/1/d") == "f.yaml:5");
  CHECK(manifest->place(1, "/x") == "f.yaml:2");
}

}  // namespace
}  // namespace meshdns
