// Input: a manifest. What it yields is JSON, and read as a manifest it yields itself.

#include <simdjson.h>

#include "k8s/istio/manifest.h"
#include "k8s/istio/service_entry.h"
#include "tests/fuzz/check.h"

namespace meshdns::fuzz {
namespace {

void require_stable(const ManifestObject& object) {
  simdjson::dom::parser parser;
  require(parser.parse(object.json).error() == simdjson::SUCCESS, "JSON");
  (void)parse_service_entry(object.json);
  const auto again = parse_manifest(object.json, "again");
  require(static_cast<bool>(again), again ? "" : "to read what was written: " + again.error() + "\n" + object.json);
  const bool is_list = object.kind.ends_with("List");  // which is taken apart
  require(is_list || (again->size() == 1 && again->front().json == object.json), "the same object");
}

}  // namespace
}  // namespace meshdns::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace meshdns;
  using namespace meshdns::fuzz;
  const auto objects = parse_manifest({reinterpret_cast<const char*>(data), size}, "f.yaml");
  if (!objects) {
    require(objects.error().starts_with("f.yaml:"), "an error with its place");
    for (const char c : objects.error()) require(static_cast<unsigned char>(c) >= ' ', "no control characters");
    return 0;
  }
  for (const ManifestObject& object : *objects) require_stable(object);
  return 0;
}
