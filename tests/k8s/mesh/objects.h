#pragma once

// Objects of a mesh, as tests write them: in YAML.

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "k8s/istio/manifest.h"

namespace meshdns {

/// The JSON of the object that has this spec and is named bar/a.
inline std::string object_json(const std::string& spec) {
  const auto objects = parse_manifest("{metadata: {name: a, namespace: bar}, spec: " + spec + "}", "test");
  REQUIRE_MESSAGE(objects, objects.error());
  REQUIRE(objects->size() == 1);
  return objects->front().json;
}

/// A spec that no parser takes, and how the error begins.
struct WrongSpec {
  const char* spec;
  const char* expected;
};

}  // namespace meshdns
