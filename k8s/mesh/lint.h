#pragma once

// What is wrong with a mesh's objects, each of which may be right by itself: a route to a host that no entry declares, two hosts with one
// address, an entry whose gateway answers 503. docs/lint.md has the rules for people.
//
// Pure functions: who calls has read the objects.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "k8s/mesh/lint_mesh.h"
#include "k8s/mesh/object_identity.h"
#include "zone/name.h"

namespace meshdns {

enum class Severity : uint8_t {
  kWarning,  // works, but not always, or not as it reads
  kError,    // does not work, or Istio refuses it
};
std::string_view text(Severity severity);  // "warning"

struct Finding {
  std::string_view rule;  // "destination-unknown"
  Severity severity;
  ObjectIdentity object;
  std::string field;    // "spec.http[0].route[1]"; empty: the object as a whole
  std::string message;  // what was found, what was expected, what to do

  bool operator==(const Finding&) const = default;
};

using GatewayAddress = std::pair<std::string, uint16_t>;  // host and port

/// Why a connection failed.
using Unreachable = std::map<GatewayAddress, std::string>;

struct LintOptions {
  std::vector<Name> zones;  // that meshdns answers: hosts in them have to fit into DNS
  Unreachable unreachable;  // of gateways that were tried
};

/// Each once, in the order of the objects, and of the rules for each.
std::vector<Finding> lint(const std::vector<LintMesh>& meshes, const LintOptions& options);

/// The gateways that the entries' endpoints name, each once.
std::vector<GatewayAddress> gateway_addresses(const std::vector<LintMesh>& meshes);

}  // namespace meshdns
