#include "k8s/istio/manifest_files.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "k8s/istio/entry_feed.h"
#include "k8s/istio/manifest.h"
#include "zone/unix_time.h"

namespace meshdns {

namespace fs = std::filesystem;

Result<ManifestFiles> ManifestFiles::at(const std::string& path, EntryFeed& feed) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found || status.type() == fs::file_type::none) {
    return Error{"cannot read " + path + ": " + error.message() + "; expected a manifest file or a directory of them"};
  }
  if (fs::is_directory(status)) return ManifestFiles(path, "", feed);
  const fs::path parent = fs::path(path).parent_path();
  return ManifestFiles(parent.empty() ? "." : parent.string(), fs::path(path).filename().string(), feed);
}

/// The names of the files that are there; nothing where that cannot be told.
std::optional<std::set<std::string>> ManifestFiles::list() {
  std::error_code error;
  std::set<std::string> names;
  for (fs::directory_iterator at(directory_, error), end; !error && at != end; at.increment(error)) {
    std::string name = at->path().filename().string();
    if (!(only_.empty() ? is_manifest_name(name) : name == only_)) continue;
    std::error_code unreadable;  // the file's own trouble, which reading it will tell
    const fs::file_type type = fs::status(at->path(), unreadable).type();
    if (type != fs::file_type::not_found && type != fs::file_type::directory) names.insert(std::move(name));
  }
  if (error && !directory_failed_) {
    feed_.source().count_error(SourceError::kFile);
    const char* meanwhile = feed_.source().synced() ? "what its files gave before stays as it is"
                                                    : "the source is not synced until the directory can be read";
    spdlog::error("source {}: cannot read {}: {}; {}", feed_.source().name(), directory_, error.message(), meanwhile);
  }
  directory_failed_ = static_cast<bool>(error);
  return error ? std::nullopt : std::optional(std::move(names));
}

/// Takes over which files there are; what the others gave is added to `withdrawn`. Whether a file has to be read, or is
/// gone.
bool ManifestFiles::update_names(const std::set<std::string>& names, std::set<std::string>& withdrawn) {
  bool changed = false;
  for (auto at = known_.begin(); at != known_.end();) {
    if (names.contains(at->first)) {
      ++at;
      continue;
    }
    withdrawn.merge(at->second.objects);
    at = known_.erase(at);
    changed = true;
  }
  for (const std::string& name : names) {
    const auto [known, is_new] = known_.try_emplace(name, Known{ManifestFile(directory_ + "/" + name), false, {}});
    changed |= is_new || known->second.file.looks_changed();
  }
  return changed;
}

/// Which file each object is served from: the first. Logs which objects are in several, where that changed.
ManifestFiles::Owners ManifestFiles::assign() {
  Owners owners;
  std::map<std::string, std::string> shared;
  for (auto& [name, known] : known_) {
    known.shares = false;
    for (const std::string& object : known.objects) {
      const auto [owner, is_first] = owners.try_emplace(object, &known);
      if (is_first) continue;
      known.shares = true;
      shared[object] = owner->second->file.path() + " and again in " + known.file.path();
    }
  }
  for (const auto& [object, files] : shared) {
    const auto logged = shared_.find(object);
    if (logged != shared_.end() && logged->second == files) continue;
    spdlog::warn("source {}: ServiceEntry {} stands in {}; the first is served", feed_.source().name(), object, files);
  }
  shared_ = std::move(shared);
  return owners;
}

void ManifestFiles::check() {
  const auto names = list();
  std::set<std::string> withdrawn;  // at first by one file; another may have it
  if (!names || !update_names(*names, withdrawn)) return;

  std::vector<std::pair<Known*, std::vector<ServiceEntry>>> delivered;
  for (auto& [name, known] : known_) {
    // An object that the first file no longer has is the next one's.
    if (!known.shares && !known.file.looks_changed()) continue;
    auto entries = known.file.read(feed_.source(), known.shares);
    if (!entries) continue;
    withdrawn.merge(std::exchange(known.objects, {}));
    std::erase_if(*entries, [&known = known, this](const ServiceEntry& entry) {
      const bool is_again = !known.objects.insert(entry.object()).second;
      if (is_again) {
        spdlog::warn("source {}: ServiceEntry {} stands twice in {}; the first is served", feed_.source().name(),
                     entry.object(), known.file.path());
      }
      return is_again;
    });
    delivered.emplace_back(&known, *std::move(entries));
  }
  if (delivered.empty() && withdrawn.empty()) return;

  const Owners owners = assign();
  spdlog::info("source {}: read {} of {} files; ServiceEntries by now: {}", feed_.source().name(), delivered.size(),
               known_.size(), owners.size());
  for (const std::string& object : withdrawn) {
    if (!owners.contains(object)) feed_.remove(object);
  }
  for (auto& [known, entries] : delivered) {
    for (ServiceEntry& entry : entries) {
      if (owners.at(entry.object()) == known) feed_.upsert(std::move(entry));
    }
  }
  feed_.source().heard(unix_now());
}

bool ManifestFiles::all_read() const {
  return !directory_failed_ &&
         std::all_of(known_.begin(), known_.end(), [](const auto& entry) { return entry.second.file.was_read(); });
}

}  // namespace meshdns
