#pragma once

// Meshes for the rules of lint, as tests write them.

#include <string>
#include <vector>

#include "k8s/istio/manifest.h"
#include "k8s/mesh/lint.h"

namespace meshdns {

using Texts = std::vector<std::string>;

/// "KIND NAMESPACE/NAME SPEC" as an object; SPEC in YAML; of a Node, "Node /NAME LABELS". The minute of its creationTimestamp may follow the name, behind "@".
ManifestObject object_of(const std::string& line, const std::string& place);

LintMesh mesh_of(const Texts& lines, bool live, const std::string& place);

/// Those of a server for the zone global.
LintOptions lint_options();

/// "rule NAMESPACE/NAME field", in order.
Texts texts(const std::vector<Finding>& findings);

/// A ServiceEntry bar/NAME for the host, as it has to be; `more` goes into its spec.
std::string entry(const std::string& name, const std::string& host, const std::string& address,
                  const std::string& more = "", const std::string& port = "{name: http, number: 8000, protocol: HTTP}");

/// A VirtualService bar/r of a.bar.global to those destinations.
std::string route(const std::string& destinations);

extern const std::string kEntry;    // bar/a, of a.bar.global
extern const std::string kService;  // bar/s, with the ports 80, which is HTTP's, and 81, which is not

struct LintCase {
  std::string name;
  Texts objects;
  Texts expected;
  bool live = true;
};

/// Each by itself.
void check(const std::vector<LintCase>& cases);

}  // namespace meshdns
