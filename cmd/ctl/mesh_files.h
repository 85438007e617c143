#pragma once

// The manifests that --file names, as a command that changes objects of several kinds reads them: the first file is changed, the others are
// read alone. What they show to be wrong is kUsage.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cmd/ctl/command.h"
#include "cmd/ctl/mesh_flags.h"
#include "cmd/ctl/stop.h"
#include "k8s/mesh/manifest_text.h"

namespace meshdns {

/// The objects of all files that are of one kind, and where they stand.
template <class View>
struct InFiles {
  std::vector<View> views;
  std::vector<std::pair<size_t, size_t>> places;  // file, object
};

class MeshFiles {
 public:
  explicit MeshFiles(const MeshFlags& flags);

  /// Istio's. A file's object alone shows whether it is one.
  template <class View>
  InFiles<View> views(const std::string& kind, Result<View> (*parse)(std::string_view, std::string_view)) const {
    InFiles<View> all;
    for (size_t file = 0; file < texts_.size(); ++file) {
      const auto& objects = texts_[file].objects();
      for (size_t i = 0; i < objects.size(); ++i) {
        if (objects[i].kind != kind || !objects[i].api_version.starts_with("networking.istio.io/")) continue;
        all.views.push_back(value_or_stop(parse(objects[i].json, "default"), kUsage, objects[i].place + ": "));
        all.places.emplace_back(file, i);
      }
    }
    return all;
  }

  const ManifestObject& object(std::pair<size_t, size_t> place) const {
    return texts_[place.first].objects()[place.second];
  }

  /// Of an object of the first file; empty: `index` is nothing.
  std::string json_of(std::optional<size_t> index) const { return index ? object({0, *index}).json : ""; }

  const std::vector<ManifestText>& texts() const { return texts_; }

  /// The object's place in the file that is changed. Stops with kUsage where it is in another.
  size_t changeable(std::pair<size_t, size_t> place) const;

  /// `json` in the place of that object, with as few octets changed as can be; a new document where there is none.
  void put(std::optional<size_t> index, const std::string& json);
  void remove(size_t index);

  /// What the first file is now; with --dry-run, how that differs from what it was.
  Ended printed(const std::vector<std::string>& notes = {}) const;

 private:
  void set(Result<std::string> text);

  const bool dry_run_;
  std::vector<std::string> names_;
  std::vector<ManifestText> texts_;
  std::string before_;  // the first file
};

}  // namespace meshdns
