#include "zone/query_name.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

const HashKey kKey = HashKey::random();

QueryName parsed(const std::string& text) {
  QueryName name;
  name.assign(*Name::parse(text), kKey);
  return name;
}

TEST_CASE("a name in a message") {
  struct Case {
    std::vector<uint8_t> bytes;
    size_t size;  // 0: malformed
    size_t labels;
  };
  const std::vector<Case> cases = {
      {{0}, 1, 0},
      {{1, 'A', 0, 0, 1, 0, 1}, 3, 1},  // what follows is not the name's
      {{1, 'a', 2, 'b', 'c', 0}, 6, 2},
      {{}, 0, 0},
      {{1}, 0, 0},
      {{1, 'a'}, 0, 0},
      {{0xc0, 0x0c}, 0, 0},
      {{1, 'a', 0xc0, 0x0c}, 0, 0},
      {{64, 'a', 0}, 0, 0},
      {{0x80, 'a', 0}, 0, 0},
  };
  for (const Case& c : cases) {
    QueryName name;
    REQUIRE(name.parse(c.bytes, kKey) == c.size);
    if (c.size > 0) CHECK(name.labels() == c.labels);
  }
}

TEST_CASE("a name of 255 octets is read, one of 256 is not") {
  std::vector<uint8_t> bytes;
  for (int label = 0; label < 127; ++label) bytes.insert(bytes.end(), {1, 'x'});
  bytes.push_back(0);
  QueryName name;
  CHECK(name.parse(bytes, kKey) == 255);
  CHECK(name.labels() == 127);
  bytes[252] = 2;
  bytes.insert(bytes.end() - 1, 'x');
  CHECK(name.parse(bytes, kKey) == 0);
}

TEST_CASE("case folds in ASCII letters alone, RFC 4343") {
  std::vector<uint8_t> bytes;
  for (int first = 0; first < 256; first += 32) {
    bytes.assign(1, 32);
    for (int octet = first; octet < first + 32; ++octet) bytes.push_back(static_cast<uint8_t>(octet));
    bytes.push_back(0);
    QueryName name;
    REQUIRE(name.parse(bytes, kKey) == 34);
    for (int i = 0; i < 32; ++i) {
      const int octet = first + i;
      CHECK(name.wire()[static_cast<size_t>(i) + 1] == (octet >= 'A' && octet <= 'Z' ? octet + 32 : octet));
    }
  }
}

TEST_CASE("a suffix has the hash that it has as a name") {
  const QueryName name = parsed("a-label-of-more-than-eight.b.serverservice04.bar.global");
  const std::vector<std::string> suffixes = {"a-label-of-more-than-eight.b.serverservice04.bar.global",
                                             "b.serverservice04.bar.global",
                                             "serverservice04.bar.global",
                                             "bar.global",
                                             "global",
                                             "."};
  for (size_t i = 0; i < suffixes.size(); ++i) CHECK(name.hash(i) == parsed(suffixes[i]).hash(0));
}

TEST_CASE("names that are told apart by where their labels end have different hashes") {
  CHECK(parsed("ab.c").hash(0) != parsed("a.bc").hash(0));
  CHECK(parsed(R"(a\000)").hash(0) != parsed("a").hash(0));
  CHECK(parsed("abcdefg").hash(0) != parsed(R"(abcdefg\000)").hash(0));
}

TEST_CASE("another secret gives other hashes") {
  QueryName name;
  name.assign(*Name::parse("a"), HashKey::random());
  CHECK(name.hash(0) != parsed("a").hash(0));
}

}  // namespace
}  // namespace meshdns
