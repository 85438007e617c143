#include "k8s/stub/corefile.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

std::string words(const std::vector<CorefileToken>& tokens) {
  std::string all;
  for (const CorefileToken& token : tokens) all += "[" + token.text + "]";
  return all;
}

std::string tree(const std::vector<Directive>& directives) {
  std::string all;
  for (const Directive& directive : directives) {
    all += (all.empty() ? "" : " ") + directive.name.text + words(directive.arguments);
    if (directive.has_block) all += "{" + tree(directive.options) + "}";
  }
  return all;
}

/// "KEY KEY: DIRECTIVE…" for each block; the error where there is one.
std::string tree(const std::string& text) {
  const auto corefile = Corefile::parse(text);
  if (!corefile) return corefile.error();
  REQUIRE(corefile->text() == text);
  std::string all;
  for (const ServerBlock& block : corefile->blocks()) {
    if (!all.empty()) all += "; ";
    for (const ServerKey& key : block.keys) all += key.token.text + " ";
    all.back() = ':';
    if (!block.directives.empty()) all += " " + tree(block.directives);
  }
  return all;
}

struct Case {
  std::string text;
  const char* tree;
};

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(tree(c.text) == c.tree);
  }
}

TEST_CASE("words as CoreDNS's lexer reads them") {
  check({{"", ""},
         {" \t\n", ""},
         {"# only a comment", ""},
         {"\xef\xbb\xbf. {\nerrors\n}", ".: errors"},
         {". {\r\n  errors\r\n}\r\n", ".: errors"},
         {". {\nlog a\rb\n}", ".: log[ab]"},
         {". {\nlog \"a b\" c\n}", ".: log[a b][c]"},
         {". {\nlog \"a \\\" \\n b\"\n}", ".: log[a \" \\n b]"},
         {". {\nlog a\"b c\"\n}", ".: log[a\"b][c\"]"},
         {". {\nlog \"a\"b\n}", ".: log[a][b]"},
         {". {\nlog \"\"\n}", ".: log[]"},
         {". {\nlog \"a\n# no comment\n\" b\n}", ".: log[a\n# no comment\n][b]"},
         {". {\nlog a # b { c\n}", ".: log[a]"},
         {". {\nlog a#b\n}", ".: log[a]"},
         {". {\nlog a#b c\n}", ".: log[a][c]"},
         {". {\nlog \\\nerrors\n}", ".: log[\\] errors"},
         {". {\nlog\xc2\xa0"
          "a\xe2\x80\x83"
          "b\n}",
          ".: log[a][b]"},
         {". {\nlog \xff\n}", ".: log[\xef\xbf\xbd]"},
         {".\nlog \"a b\n}", ".: log[a b\n}]"},
         {".\nlog \"", ".: log"}});
}

TEST_CASE("blocks as CoreDNS's parser reads them") {
  check({{".", ".:"},
         {". {\n}", ".:"},
         {".\n{\nerrors\n}", ".: errors"},
         {".\nerrors\ncache 30", ".: errors cache[30]"},
         {".\nerrors\n}\na {\n}", ".: errors; a:"},
         {"a b:54,\nc {\n}", "a b:54 c:"},
         {"\"\" a {\n}", "a:"},
         {"{\nerrors\n}\na {\n}", "a:"},
         {"{$ZONE}:53 {%ZONE%} {\n}", "{$ZONE}:53 {%ZONE%}:"},
         {". { errors\nlog\n}", ".: errors log"},
         {". {\nhealth {\nlameduck 5s\n}\n}", ".: health{lameduck[5s]}"},
         {". {\nhealth\n{\nlameduck 5s\n}\n}", ".: health{lameduck[5s]}"},
         {". {\nhealth { lameduck 5s }\n}", ".: health{lameduck[5s]}"},
         {". {\na {\nb c {\nd\n}\ne\n}\n}", ".: a{b[c]{d} e}"},
         {". {\na { {\nb\n} }\n}", ".: a{{{b}}"},
         {". {\nhealth {\n}\n", ".: health{}"},
         {". {\n}\na {\n} b {\n}", ".:; a:; b:"}});
}

TEST_CASE("snippets and imports") {
  check({{"(s) {\nerrors\n}\n. {\nimport s\nlog\n}", ".: errors log"},
         {"(s) {\nlameduck 5s\n}\n. {\nhealth {\nimport s\n}\n}", ".: health{lameduck[5s]}"},
         {"(s) {\na {\nlog\n}\n}\nimport s\n. {\n}", "a: log; .:"},
         {"(s) {\n}\n. {\nimport s\n}", ".:"},
         {"(a) {\nlog\n}\n(b) {\nimport a\nerrors\n}\n. {\nimport b\n}", ".: log errors"},
         {"(b) {\nimport a\nerrors\n}\n(a) {\nlog\n}\n. {\nimport b\n}", ".: log[errors]"},  // as CoreDNS has it
         {"import custom/*.server\n. {\nimport custom/*.override\n}\nimport x", ".:"},
         {". {\n} import custom/*.server {\n}", ".:; import custom/*.server:"}});
  const auto corefile = Corefile::parse("import custom/*.server\n. {\nimport custom/*.override\n}\nimport x/{$Y}");
  REQUIRE(corefile);
  REQUIRE(corefile->imports().size() == 3);
  CHECK(corefile->imports()[0].pattern == "custom/*.server");
  CHECK(corefile->imports()[0].line == 1);
  CHECK_FALSE(corefile->imports()[0].block);
  CHECK(corefile->imports()[1].block == 0);
  CHECK(corefile->imports()[2].pattern == "x/{$Y}");
  CHECK(corefile->blocks()[0].imports_files);
}

TEST_CASE("what CoreDNS refuses") {
  check(
      {{". {\nerrors\n", "Corefile:2: found the end, expected a brace '}' that closes the block"},
       {". {\nhealth {\n", "Corefile:2: found the end, expected a brace '}' that closes the block of health"},
       {". {\nerrors }\n}", "Corefile:2: found '}', expected a new line before the brace that closes the block"},
       {". {\nhealth{\n}\n}",
        "Corefile:2: found 'health{', expected the name of a plugin, and white space before a brace"},
       {".:53{\nerrors\n}", "Corefile:1: found '.:53{', expected white space before the brace"},
       {".\nerrors\na.b {\n}",
        "Corefile:3: found 'a.b', expected the name of a plugin, and white space before a brace"},
       {"a, {\n}", "Corefile:1: found '{', expected another zone after the comma"},
       {"a,", "Corefile:1: found the end, expected another zone after the comma"},
       {"(s)\nerrors", "Corefile:2: found 'errors', expected a brace '{' after a snippet's name"},
       {"(s) {\n}\n(s) {\n}", "Corefile:3: found the snippet (s) again, expected another name"},
       {"(s) {\n", "Corefile:1: found the snippet (s) without an end, expected a closing brace '}'"},
       {"(s) {\nimport s\n}", "Corefile:2: found an import of the snippet (s) in itself, expected none"},
       {"(s) {\nlog import s\n}\n. {\n}", ".:"},
       {". {\nimport\n}", "Corefile:2: found import alone, expected the name of a snippet or of files after it"},
       {". {\nimport a b\n}", "Corefile:2: found 'b', expected one argument of import"},
       {". {\nimport \"\"\n}", "Corefile:2: found import '', expected the name of a snippet or of files after import"},
       {". {\nimport */*.x\n}",
        "Corefile:2: found import '*/*.x', expected a pattern with one wildcard at most, * or ?"},
       {". {\nimport a[b\n}", "Corefile:2: found import 'a[b', expected a pattern with one wildcard at most, * or ?"},
       {". {\n}\n.:53 {\n}", "Corefile:3: found the zone . on port 53 again, expected it once: it stands on line 1"},
       {"a A. {\n}", "Corefile:1: found the zone a on port 53 again, expected it once: it stands on line 1"},
       {"a {\n}\na:54 tls://a {\n}", "a:; a:54 tls://a:"},
       {"a {\nbind 127.0.0.1\n}\na {\nbind 127.0.0.2\n}", "a: bind[127.0.0.1]; a: bind[127.0.0.2]"},
       {"a {\nbind 127.0.0.1\n}\na {\n}",
        "Corefile:4: found the zone a on port 53 again, expected it once: it stands on line 1"},
       {"a {\nview x {\nexpr true\n}\n}\na {\n}", "a: view[x]{expr[true]}; a:"}});
}

TEST_CASE("what is too large") {
  CHECK_FALSE(Corefile::parse(std::string(kMostCorefileOctets + 1, ' ')));
  std::string words;
  for (size_t at = 0; at <= kMostCorefileTokens; ++at) words += "a ";
  CHECK_FALSE(Corefile::parse(words));
  std::string networks;
  for (int port = 1; port <= 600; ++port) networks += "10.0.0.0/9:" + std::to_string(port) + " ";
  CHECK_FALSE(Corefile::parse(networks));
  std::string deep = ". {\n";
  for (int at = 0; at < 100; ++at) deep += "a {\n";
  CHECK_FALSE(Corefile::parse(deep));
  std::string doubling = "(s0) {\nlog\n}\n";
  for (int at = 1; at < 40; ++at) {
    const std::string before = "import s" + std::to_string(at - 1) + "\n";
    doubling += "(s" + std::to_string(at) + ") {\n" + before + before + "}\n";
  }
  CHECK_FALSE(Corefile::parse(doubling + ". {\nimport s39\n}\n"));
}

}  // namespace
}  // namespace meshdns
