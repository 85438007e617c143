#pragma once

// What stands at a path: one manifest file, or a directory of them (*.yaml, *.yml and *.json, not below it; names that
// begin with "." are passed over, and with them what a ConfigMap's mount hides behind ..data).
//
// Knows what each file gave, reads again those that changed, and delivers the difference:
//  - A file that cannot be read, or that is no good YAML, keeps what it gave before.
//  - A file that is gone withdraws what it gave. A directory that is gone does not: nothing is known of its files.
//  - An object in two files is served as the first of them (by name) has it; in one file, as its first place has it.
// A file is best replaced by renaming another over it: one that is written in place may be seen half written.
//
// Threads: the control thread alone. See ManifestFile for how long it is held.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "k8s/istio/manifest_file.h"
#include "zone/result.h"

namespace meshdns {

class EntryFeed;

class ManifestFiles {
 public:
  /// The error: there is nothing at `path`. The feed must outlive it.
  static Result<ManifestFiles> at(const std::string& path, EntryFeed& feed);

  /// Delivers what changed since the last time to the feed, which has to be flushed then; the first time, all.
  void check();

  /// Whether each file that is there has been read to its end, now or at an earlier time.
  bool all_read() const;

  /// The directory that has the files: what to watch.
  const std::string& directory() const { return directory_; }

 private:
  struct Known {
    ManifestFile file;
    bool shares = false;            // an object that an earlier file has, too
    std::set<std::string> objects;  // namespace/name
  };
  using Owners = std::unordered_map<std::string_view, const Known*>;  // by object

  ManifestFiles(std::string directory, std::string only, EntryFeed& feed)
      : directory_(std::move(directory)), only_(std::move(only)), feed_(feed) {}

  std::optional<std::set<std::string>> list();
  bool update_names(const std::set<std::string>& names, std::set<std::string>& withdrawn);
  Owners assign();

  std::string directory_;
  std::string only_;  // the one file's name; empty: all of the directory
  EntryFeed& feed_;
  std::map<std::string, Known> known_;         // by file name
  std::map<std::string, std::string> shared_;  // objects of several files: which, as was logged
  bool directory_failed_ = false;
};

}  // namespace meshdns
