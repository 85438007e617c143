#pragma once

// Which object a view of this room was made of, and the bounds that the parsers of all views share.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "k8s/api/observed_object.h"
#include "zone/result.h"

namespace meshdns {

/// The apiVersion of objects in manifests: Istio serves it since 1.22.
inline constexpr const char* kManifestVersion = "networking.istio.io/v1";

inline constexpr size_t kMaxObject = 4 << 20;    // bytes of JSON; the API server takes 3 MiB
inline constexpr size_t kMaxFieldItems = 4096;   // of one list or mapping
inline constexpr size_t kMaxFieldLength = 4096;  // bytes of one text; Istio's longest, regular expressions, have 1024

struct ObjectIdentity {
  std::string kind;        // "VirtualService"
  std::string name_space;  // metadata.namespace, else what the parser was told
  std::string name;
  int64_t created = 0;  // metadata.creationTimestamp, Unix seconds; 0: none
  std::string place;    // where it stands, filled in by who has read it: "entries.yaml:12"

  /// "VirtualService bar/reviews-route"
  std::string object() const { return kind + " " + name_space + "/" + name; }
  bool operator==(const ObjectIdentity&) const = default;
};

/// `name_space`: of an object that says none. The error names the field.
Result<ObjectIdentity> parse_identity(std::string_view json, const std::string& kind, std::string_view name_space);

/// A JSON Pointer (RFC 6901) as people write a field: "/spec/http/0/route/1" is "spec.http[0].route[1]".
std::string field_path(std::string_view pointer);

}  // namespace meshdns
