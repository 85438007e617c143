#include "k8s/istio/manifest_file.h"

#include <spdlog/spdlog.h>

#include <functional>

#include "k8s/istio/manifest.h"
#include "zone/regular_file.h"

namespace meshdns {
namespace {

/// An object without a usable identity, to be counted and explained under the name of its place.
ServiceEntry unusable(const std::string& place, const std::string& error) {
  ServiceEntry entry;
  entry.name_space = "default";
  entry.name = shown(place.substr(place.rfind('/') + 1));
  entry.skipped.push_back({SkipReason::kInvalidObject, shown(place), error});
  return entry;
}

}  // namespace

bool ManifestFile::looks_changed() const { return !stamp_ || FileStamp::at(path_) != stamp_; }

void ManifestFile::fail(Source& source, const std::string& error) {
  if (error == error_) return;
  error_ = error;
  source.count_error(SourceError::kFile);
  const char* unread = source.synced() ? "nothing of the file is served"
                                       : "the source is not synced until the file is mended or removed";
  const char* meanwhile = was_read_ ? "what the file gave before stays as it is" : unread;
  spdlog::error("source {}: {}; {}", source.name(), error, meanwhile);
}

std::optional<std::string> ManifestFile::content(Source& source) {
  stamp_.reset();
  std::optional<FileStamp> stamp;
  auto text = read_regular_file(path_, kMaxManifest, stamp);
  if (!text) {
    fail(source, "cannot read " + path_ + ": " + text.error());
    return std::nullopt;
  }
  // An edit right behind this reading may leave it looking as it does now.
  if (stamp->settled()) stamp_ = stamp;
  return *std::move(text);
}

std::optional<std::vector<ServiceEntry>> ManifestFile::read(Source& source, bool always) {
  const auto text = content(source);
  if (!text) return std::nullopt;
  const size_t hash = std::hash<std::string>()(*text);
  const bool is_new = !was_read_ || hash != hash_;
  if (!is_new && error_.empty() && !always) return std::nullopt;

  const auto objects = parse_manifest(*text, path_);
  if (!objects) {
    fail(source, objects.error());
    return std::nullopt;
  }
  std::vector<ServiceEntry> entries;
  for (const ManifestObject& object : *objects) {
    if (is_new && object.kind.empty()) {
      spdlog::warn("source {}: {}: passed over, as it has no kind", source.name(), object.place);
    }
    if (!object.is_service_entry()) continue;
    auto entry = parse_service_entry(object.json);
    entries.push_back(entry ? *std::move(entry) : unusable(object.place, entry.error()));
  }
  hash_ = hash;
  was_read_ = true;
  error_.clear();
  return entries;
}

}  // namespace meshdns
