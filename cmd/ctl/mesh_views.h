#pragma once

// Objects of a cluster as the mesh reads them, each with the object that it was made of.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cmd/ctl/mesh_cluster.h"
#include "k8s/api/api_objects.h"
#include "zone/result.h"

namespace meshdns {

/// An object that is not what its kind should be.
struct UnreadObject {
  LiveObject object;
  std::string text;  // "west: VirtualService bar/x: spec.http: expected …"
};

template <class View>
struct MeshViews {
  std::vector<View> views;
  std::vector<LiveObject> objects;  // those of `views`, in the same order
  std::vector<UnreadObject> unread;
};

/// All of the cluster's, those apart that are not what their kind should be: whose they are mends them.
template <class View>
MeshViews<View> read_views(MeshCluster& cluster, const ObjectKind& kind,
                           Result<View> (*parse)(std::string_view json, std::string_view name_space),
                           const std::string& name_space = "") {
  MeshViews<View> all;
  for (LiveObject& object : cluster.list(kind, name_space)) {
    auto view = parse(object.json, "default");
    if (!view) {
      std::string text = cluster.prefix() + object.meta.text() + ": " + printable(view.error());
      all.unread.push_back({std::move(object), std::move(text)});
      continue;
    }
    all.views.push_back(*std::move(view));
    all.objects.push_back(std::move(object));
  }
  return all;
}

}  // namespace meshdns
