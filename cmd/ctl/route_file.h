#pragma once

// Routes in manifests that --file names: the first is printed as it is to be, the others are read alone. What they show to be wrong is kUsage.

#include <string>
#include <vector>

#include "cmd/ctl/command.h"
#include "cmd/ctl/route_flags.h"
#include "cmd/ctl/route_views.h"
#include "k8s/mesh/manifest_text.h"
#include "k8s/mesh/route_judgement.h"

namespace meshdns {

class RouteFile {
 public:
  explicit RouteFile(const RouteFlags& flags);

  const RouteViews& views() const { return views_; }
  const ManifestText& manifest() const { return manifest_; }
  const std::string& name_space() const { return name_space_; }  // of objects that say none

  /// The service's object in the first file. Stops where it is in another.
  size_t object_of(const VirtualService& service) const;

  /// That of what declares the host, where it says one; else empty.
  std::string name_space_of(const std::string& host) const;

  /// What is wrong with the route that is written, as far as the files tell, and what else there is to say. `json`: the object as it is to be.
  std::vector<std::string> notes_on(const WrittenRoute& written, const std::string& json) const;

  /// The text, or with --dry-run the difference.
  Ended printed(const std::string& text, const std::vector<std::string>& notes) const;

 private:
  /// All objects. `name_space`: of those that say none.
  LintMesh mesh_in(const std::string& name_space) const;

  const RouteFlags& flags_;
  std::string name_space_;
  ManifestText manifest_;
  RouteViews views_;
  std::vector<ManifestObject> others_;  // of the other files
};

}  // namespace meshdns
