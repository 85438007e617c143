#include "cmd/ctl/mesh_files.h"

#include <nlohmann/json.hpp>

#include "cmd/ctl/mesh_file.h"
#include "cmd/ctl/unified_diff.h"
#include "cmd/text_value.h"

namespace meshdns {

namespace {

using Json = nlohmann::json;

/// One operation after the other, as what two of them change may be in one place. Nothing: the text does not take one of them.
std::optional<std::string> patched_by_steps(ManifestText text, size_t object, const Json& patch) {
  for (const Json& operation : patch) {
    auto edited = text.patched(object, Json::array({operation}).dump());
    auto parsed = edited ? ManifestText::parse(*std::move(edited), "") : Result<ManifestText>(Error{edited.error()});
    if (!parsed) return std::nullopt;
    text = *std::move(parsed);
  }
  return text.text();
}

}  // namespace

MeshFiles::MeshFiles(const MeshFlags& flags) : dry_run_(flags.dry_run) {
  for (const std::string& name : flags.files) {
    MeshFile file = read_mesh_file(name);
    const std::string shown = name == "-" ? "standard input" : name;
    names_.push_back(shown);
    texts_.push_back(value_or_stop(ManifestText::parse(std::move(file.text), shown), kUsage));
  }
  before_ = texts_[0].text();
}

size_t MeshFiles::changeable(std::pair<size_t, size_t> place) const {
  if (place.first == 0) return place.second;
  stop(kUsage, object(place).place + ": this " + object(place).kind +
                   " is the host's, expected it in the first --file, " + names_[0] + ": that one is changed");
}

void MeshFiles::put(std::optional<size_t> index, const std::string& json) {
  if (!index) return set(texts_[0].with(nlohmann::ordered_json::parse(json)));
  const Json before = Json::parse(texts_[0].objects()[*index].json);
  const Json patch = Json::diff(before, Json::parse(json));
  if (patch.empty()) return;
  if (auto edited = texts_[0].patched(*index, patch.dump())) return set(std::move(edited));
  if (auto edited = patched_by_steps(texts_[0], *index, patch)) return set(*std::move(edited));
  remove(*index);
  set(texts_[0].with(nlohmann::ordered_json::parse(json)));
}

void MeshFiles::remove(size_t index) { set(texts_[0].without(index)); }

Ended MeshFiles::printed(const std::vector<std::string>& notes) const {
  const std::string& now = texts_[0].text();
  std::string lines;
  for (const std::string& note : notes) lines += "note: " + escape_controls(note) + "\n";
  return {0, dry_run_ ? unified_diff(names_[0], before_, now) : now, "", lines};
}

void MeshFiles::set(Result<std::string> text) {
  texts_[0] = value_or_stop(ManifestText::parse(value_or_stop(std::move(text), kUsage), names_[0]), kUsage);
}

}  // namespace meshdns
