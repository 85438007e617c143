// Input: a name, in wire form and what may follow it; and in presentation form. Each is tried.

#include <algorithm>
#include <vector>

#include "tests/fuzz/check.h"
#include "zone/query_name.h"

namespace meshdns::fuzz {
namespace {

const HashKey kKey = HashKey::random();

void require_round_trip(const Name& name) {
  require(is_name(name.wire()), "a name that ldns reads");
  const auto wire = Name::from_wire(name.wire());
  require(wire && *wire == name, "a name to be its wire form");
  const auto text = Name::parse(name.text());
  require(text && *text == name, "a name to be its text");
  const auto dotted = Name::parse(name.is_root() ? "." : name.text() + ".");
  require(dotted && *dotted == name, "a name to be its text with the dot");
}

/// Every suffix is the name above, and has its hash.
void require_suffixes(const QueryName& query, Name name) {
  require(query.labels() == name.labels(), "as many labels");
  for (size_t suffix = 0; suffix <= query.labels(); ++suffix) {
    const auto wire = query.wire(suffix);
    require(std::equal(wire.begin(), wire.end(), name.wire().begin(), name.wire().end()), "the suffix in lower case");
    QueryName alone;
    alone.assign(name, kKey);
    require(alone.hash(0) == query.hash(suffix), "the hash that the suffix has as a name");
    name = name.parent();
  }
}

}  // namespace
}  // namespace meshdns::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace meshdns;
  using namespace meshdns::fuzz;
  const std::vector<uint8_t> bytes(data, data + size);
  QueryName query;
  const size_t length = query.parse(bytes, kKey);
  if (length > 0) {
    const auto name = Name::from_wire(std::span(bytes).first(length));
    require(static_cast<bool>(name), "both readers of wire form to agree");
    require_round_trip(*name);
    require_suffixes(query, *name);
  }
  require(static_cast<bool>(Name::from_wire(bytes)) == (length == size && length > 0),
          "both readers of wire form to agree");
  const auto name = Name::parse({reinterpret_cast<const char*>(data), size});
  if (name) require_round_trip(*name);
  return 0;
}
