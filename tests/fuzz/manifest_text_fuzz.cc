// Input: a manifest. Each number in it can be replaced, or the reason is said; what is printed has nothing else changed, which
// ManifestText itself checks. Objects come and go.

#include <nlohmann/json.hpp>

#include "k8s/mesh/manifest_text.h"
#include "tests/fuzz/check.h"

namespace meshdns::fuzz {
namespace {

using nlohmann::json;

constexpr size_t kMostNumbers = 8;  // of an object: each edit reads the text twice

void require_place(const std::string& error) {
  require(error.starts_with("f.yaml"), "an error with its place: " + error);
}

void edit(const ManifestText& manifest, size_t object) {
  size_t numbers = 0;
  const json flat = json::parse(manifest.objects()[object].json).flatten();
  for (const auto& [pointer, value] : flat.items()) {
    if (!value.is_number() || pointer.empty() || ++numbers > kMostNumbers) continue;
    const json patch = json::array({{{"op", "replace"}, {"path", pointer}, {"value", 7}}});
    const auto text = manifest.patched(object, patch.dump());
    if (!text) require_place(text.error());
    require(manifest.place(object, pointer).starts_with("f.yaml:"), "where the number stands");
  }
  if (const auto without = manifest.without(object); !without) require_place(without.error());
}

}  // namespace
}  // namespace meshdns::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace meshdns;
  using namespace meshdns::fuzz;
  const auto manifest = ManifestText::parse({reinterpret_cast<const char*>(data), size}, "f.yaml");
  if (!manifest) return 0;
  for (size_t i = 0; i < manifest->objects().size(); ++i) edit(*manifest, i);
  if (const auto with = manifest->with({{"a", 1}}); !with) require_place(with.error());
  return 0;
}
