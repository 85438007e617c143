#include "k8s/stub/flavour_corefile.h"

#include <utility>

#include "k8s/stub/corefile.h"

namespace meshdns {
namespace {

/// A glob without a slash in front is meant from the Corefile's directory.
std::string absolute(const std::string& glob, const std::string& corefile_path) {
  return glob.starts_with('/') ? glob : corefile_path.substr(0, corefile_path.rfind('/') + 1) + glob;
}

}  // namespace

std::optional<CorefileFacts> find_corefile(const ObservedDns& observed, const ObservedWorkload& workload,
                                           const ObservedWorkload::Container& container, const std::string& path) {
  auto file = mounted_file(container, path);
  if (!file) return std::nullopt;
  CorefileFacts facts{path, *std::move(file), nullptr, {}, {}, {}};
  facts.config_map = observed.config_map(workload.name_space, facts.file.config_map);
  if (facts.config_map == nullptr) return facts;
  const auto text = facts.config_map->data.find(facts.file.key);
  if (text == facts.config_map->data.end()) return facts;
  facts.text = text->second;
  const auto corefile = Corefile::parse(facts.text);
  if (!corefile) return facts;  // whoever edits it says what is wrong with it
  for (const FileImport& import : corefile->imports()) {
    if (import.block) continue;
    auto imported = mounted_file(container, absolute(import.pattern, path));
    if (!imported || imported->key.find('*') == std::string::npos) continue;
    facts.imported = std::move(imported);
    facts.glob = import.pattern;
  }
  return facts;
}

}  // namespace meshdns
