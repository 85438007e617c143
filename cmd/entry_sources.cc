#include "cmd/entry_sources.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "k8s/api/credentials.h"
#include "k8s/api/kubeconfig.h"
#include "k8s/istio/file_source.h"
#include "k8s/istio/kubernetes_source.h"

namespace meshdns {
namespace {

/// In a pod, its own cluster unless a kubeconfig is asked for; elsewhere the kubeconfig that kubectl would take.
Result<ClusterAccess> find_access(const KubernetesConfig& config) {
  const char* const hint = config.kubeconfig.empty() ? "; expected a pod of a cluster, or --kubeconfig FILE" : "";
  if (config.kubeconfig.empty() && config.context.empty()) {
    auto own = in_cluster_access();
    if (!own) return Error{own.error()};
    if (*own) return **std::move(own);
  }
  const auto files = kubeconfig_files(config.kubeconfig);
  if (!files) return Error{files.error() + hint};
  auto access = read_kubeconfig(*files, config.context);
  return access ? access : Error{access.error() + hint};
}

/// Without what the files that it names hold.
ClusterAccess as_configured(ClusterAccess access) {
  if (!access.token_file.empty()) access.token.clear();
  for (Pem* pem : {&access.tls.ca, &access.tls.certificate, &access.tls.key}) {
    if (!pem->file.empty()) pem->text.clear();
  }
  return access;
}

std::string identity_of(const KubernetesConfig& config, const ClusterAccess& access) {
  std::vector<std::string> namespaces = config.namespaces;
  std::ranges::sort(namespaces);
  std::string identity = "cluster " + config.cluster + " at " + access.server;
  for (const std::string& name : namespaces) identity += (name == namespaces.front() ? ", namespaces " : " ") + name;
  return identity;
}

}  // namespace

struct EntrySources::State {
  std::vector<FileSource> files;
  std::vector<std::unique_ptr<KubernetesSource>> clusters;
  std::vector<std::pair<KubernetesConfig, ClusterAccess>> access;
  std::vector<std::string> identities;
};

Sources make_sources(const std::vector<SourceConfig>& configured) {
  Sources sources;
  for (const SourceConfig& config : configured) {
    const bool required = std::visit([](const auto& each) { return each.required; }, config);
    sources.push_back(std::make_unique<Source>(source_name(config), required || sources.size() == kLocalSource));
  }
  return sources;
}

EntrySources::EntrySources(std::unique_ptr<State> state) : state_(std::move(state)) {}

EntrySources::~EntrySources() = default;

Result<std::unique_ptr<EntrySources>> EntrySources::open(const Config& configured, uv_loop_s& loop, Catalog& catalog,
                                                         Sources& sources, ProgrammingDuration& programming) {
  const auto observe = [&programming](double seconds, size_t objects) {
    programming.observe(std::chrono::ceil<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds)), objects);
  };
  auto state = std::make_unique<State>();
  SourceId id = 0;
  for (const SourceConfig& config : configured.sources) {
    EntryFeed feed(catalog, *sources[id], id, publish_rules(configured, id), observe);
    const std::string prefix = id == kLocalSource ? "local " : "";
    ++id;
    if (const auto* files = std::get_if<FilesConfig>(&config)) {
      auto source = FileSource::open(&loop, files->path, std::move(feed));
      if (!source) return Error{source.error()};
      state->files.push_back(*std::move(source));
      state->identities.push_back(prefix + "files at " + files->path);
      continue;
    }
    const auto& kubernetes = std::get<KubernetesConfig>(config);
    auto access = find_access(kubernetes);
    if (!access) return Error{access.error()};
    state->identities.push_back(prefix + identity_of(kubernetes, *access));
    state->access.emplace_back(kubernetes, as_configured(*access));
    state->clusters.push_back(
        std::make_unique<KubernetesSource>(&loop, *std::move(access), kubernetes.namespaces, std::move(feed)));
  }
  return std::unique_ptr<EntrySources>(new EntrySources(std::move(state)));
}

void EntrySources::start() {
  for (FileSource& source : state_->files) source.start();
  for (const auto& source : state_->clusters) source->start();
}

void EntrySources::release_withdrawals() {
  for (const auto& source : state_->clusters) source->release_withdrawals();
}

bool EntrySources::access_changed() const {
  return std::ranges::any_of(state_->access, [](const auto& known) {
    auto access = find_access(known.first);
    return !access || as_configured(*std::move(access)) != known.second;
  });
}

const std::vector<std::string>& EntrySources::identities() const { return state_->identities; }

}  // namespace meshdns
