#include "server/chaos.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/server/hex.h"

namespace meshdns {
namespace {

std::string found(const Identity& identity, const char* name, uint16_t type) {
  const HashKey key = HashKey::random();
  QueryName asked;
  asked.assign(*Name::parse(name), key);
  const Chaos chaos(identity);
  const OwnerNode::Found found = chaos.find(asked, type);
  return found.rrset == nullptr ? "" : test::to_hex({found.records, found.rrset->size});
}

TEST_CASE("what the class CHAOS knows") {
  const Identity told{.nsid = "east", .version = "v1"};
  const Identity hidden{.nsid = "", .version = ""};
  const std::string version =
      "c00c0010000300000000000302"
      "7631";
  const std::string server =
      "c00c0010000300000000000504"
      "65617374";
  struct Case {
    Identity identity;
    const char* name;
    uint16_t type;
    std::string record;
  };
  const std::vector<Case> cases = {
      {told, "version.bind", 16, version},
      {told, "version.server", 16, version},
      {told, "VERSION.Bind", 16, version},
      {told, "version.bind", 255, version},
      {told, "hostname.bind", 16, server},
      {told, "id.server", 16, server},
      {told, "id.server", 255, server},
      {told, "version.bind", 1, ""},
      {told, "version.bind", 6, ""},
      {told, "authors.bind", 16, ""},
      {told, "bind", 16, ""},
      {told, "a.version.bind", 16, ""},
      {told, "version.bind.a", 16, ""},
      {told, "id.serve", 16, ""},
      {told, ".", 16, ""},
      {hidden, "version.bind", 16, ""},
      {hidden, "id.server", 16, ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CAPTURE(c.type);
    CHECK(found(c.identity, c.name, c.type) == c.record);
  }
  CHECK(found({.nsid = "", .version = std::string(300, 'v')}, "version.bind", 16).size() == 2 * (12 + 1 + 128));
}

}  // namespace
}  // namespace meshdns
