#pragma once

// Kubernetes manifests: YAML (and so JSON) text to the JSON of the objects in it.
//
// What is read is what kubectl reads, which turns YAML into JSON first: several documents, Lists taken apart, anchors,
// aliases and merge keys expanded, a key twice in one mapping refused. A plain scalar is true, false, null, a number
// where JSON has one of that spelling or Go an integer (0x1f, 0o17, 017, 0b11, 1_000, +1), else text; a quoted one is
// text. Untrusted: size, depth and what aliases may copy are bounded, and checked before memory is taken.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zone/result.h"

namespace meshdns {

inline constexpr size_t kMaxManifest = 32 << 20;  // bytes: some 80,000 ServiceEntries

/// One object of a manifest.
struct ManifestObject {
  std::string place;        // where it stands: "entries.yaml:12", for a List's item "entries.yaml:12, item 3"
  std::string api_version;  // "networking.istio.io/v1"; empty where the document has none
  std::string kind;         // as above
  std::string json;
  size_t document = 0;           // that it stands in: yaml-cpp's, from 0
  std::optional<size_t> item{};  // of that document's List, from 0; nothing: the document is the object

  bool is_service_entry() const { return kind == "ServiceEntry" && api_version.starts_with("networking.istio.io/"); }
};

/// All objects of `text`, in order, of whatever kind. An error says FILE:LINE:COLUMN and what was expected; lines and
/// columns count from 1. Documents without content are passed over.
Result<std::vector<ManifestObject>> parse_manifest(std::string_view text, std::string_view file);

/// Whether a file of that name in a directory is a manifest: *.yaml, *.yml and *.json, but for names that begin with ".".
bool is_manifest_name(std::string_view name);

}  // namespace meshdns
