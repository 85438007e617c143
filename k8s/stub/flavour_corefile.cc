#include "k8s/stub/flavour_corefile.h"

#include <sstream>
#include <vector>

namespace meshdns {
namespace {

/// What is imported between blocks.
std::vector<std::string> outer_imports(const std::string& corefile) {
  std::vector<std::string> globs;
  std::istringstream lines(corefile);
  int depth = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (depth == 0 && word == "import" && words >> word) globs.push_back(word);
    for (std::istringstream again(line); again >> word && !word.starts_with('#');) {
      depth += word == "{" ? 1 : word == "}" ? -1 : 0;
    }
  }
  return globs;
}

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
  for (const std::string& glob : outer_imports(facts.text)) {
    auto imported = mounted_file(container, absolute(glob, path));
    if (!imported || imported->key.find('*') == std::string::npos) continue;
    facts.imported = std::move(imported);
    facts.glob = glob;
  }
  return facts;
}

}  // namespace meshdns
