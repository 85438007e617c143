#pragma once

// What lint finds wrong with a route that is about to be written: destinations that nothing declares, ports and subsets that are not there,
// weights that do not fail over.

#include <optional>
#include <string>
#include <vector>

#include "k8s/mesh/istio_version.h"
#include "k8s/mesh/lint_mesh.h"
#include "k8s/mesh/object_identity.h"
#include "k8s/mesh/route_creation.h"
#include "k8s/mesh/route_weights.h"

namespace meshdns {

struct RouteJudgement {
  std::vector<std::string> wrong;  // does not work
  std::vector<std::string> notes;  // works, but not always, or was so before
};

/// Which of the object's fields are being written, by JSON Pointers.
struct WrittenRoute {
  ObjectIdentity object;
  std::string route;                // "/spec/http/0": what is found elsewhere in the object is not told
  std::vector<std::string> fields;  // that the command is about: what is wrong elsewhere in the route is a note
  bool any_sum = false;             // Istio is known to take any sum of weights
};

/// Of a change, and of a whole object with that route.
WrittenRoute written(const ObjectIdentity& object, const RouteChange& change,
                     const std::optional<IstioVersion>& version);
WrittenRoute written(const ObjectIdentity& object, const NewRoute& route, const std::optional<IstioVersion>& version);

/// `mesh`: with the object as it is to be; indexed. Files that declare no host say nothing about hosts.
RouteJudgement judge_route(LintMesh mesh, const WrittenRoute& written);

}  // namespace meshdns
