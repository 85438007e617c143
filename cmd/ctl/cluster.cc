#include "cmd/ctl/cluster.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "cmd/ctl/command.h"
#include "cmd/ctl/whole_response.h"
#include "cmd/event_loop.h"
#include "k8s/api/api_objects.h"
#include "k8s/api/kubeconfig.h"

namespace meshdns {
namespace {

// An API server answers within a minute or cuts the request off itself (--request-timeout).
constexpr std::chrono::seconds kPatience{70};
constexpr std::chrono::seconds kSilence{60};
// A busy one asks for seconds at a time.
constexpr int kAttempts = 10;
constexpr std::chrono::seconds kLongestPause{10};

constexpr const char* kJson = "application/json";

bool exists(const std::string& file) { return std::filesystem::exists(file); }

Result<ClusterAccess> find_access(const ClusterFlags& flags) {
  const auto files = kubeconfig_files(flags.kubeconfig);
  if (flags.kubeconfig.empty() && flags.context.empty() && !(files && std::ranges::any_of(*files, exists))) {
    const auto in_cluster = in_cluster_access();
    if (!in_cluster) return Error{in_cluster.error()};
    if (*in_cluster) return **in_cluster;
  }
  if (!files) return Error{files.error()};
  return read_kubeconfig(*files, flags.context);
}

}  // namespace

void add_cluster_flags(CtlCommand& command, ClusterFlags& flags) {
  command.option("--kubeconfig", flags.kubeconfig, "The kubeconfig; without it, $KUBECONFIG or ~/.kube/config", "FILE");
  command.option("--context", flags.context, "The kubeconfig's context; without it, its current one", "NAME");
}

std::string ApiAnswer::trouble() const {
  const ApiStatus said = parse_status(body);
  return "the API server answers " + std::to_string(status) + (said.message.empty() ? "" : ": " + said.message);
}

struct Cluster::State {
  explicit State(ClusterAccess access) : name_space(access.name_space), client(&loop.get(), std::move(access)) {}

  Result<Fetched> ask_once(const ApiRequest& request) {
    WholeResponse response(loop, kPatience);
    const HttpClient::Id id = client.ask(request, kSilence, response);
    auto fetched = response.wait();
    client.cancel(id);
    return fetched;
  }

  EventLoop loop;
  std::string name_space;
  ApiClient client;
};

Cluster::Cluster(std::unique_ptr<State> state) : state_(std::move(state)) {}
Cluster::Cluster(Cluster&&) noexcept = default;
Cluster::~Cluster() = default;

Result<Cluster> Cluster::open(const ClusterFlags& flags) {
  auto access = find_access(flags);
  if (!access) return Error{access.error()};
  return Cluster(std::make_unique<State>(*std::move(access)));
}

Result<ApiAnswer> Cluster::ask(const ApiRequest& request) {
  bool refused = false;
  for (int attempt = 1;; ++attempt) {
    auto fetched = state_->ask_once(request);
    if (!fetched) return Error{"the API server at " + server() + ": " + fetched.error()};
    if (fetched->status == 401 && !std::exchange(refused, true) && state_->client.unauthorized()) continue;
    const bool busy = fetched->status == 429 || (fetched->status >= 500 && fetched->retry_after.count() > 0);
    if (!busy || attempt == kAttempts) return ApiAnswer{fetched->status, std::move(fetched->body)};
    wait(std::clamp(fetched->retry_after, std::chrono::seconds(1), kLongestPause));
  }
}

Result<ApiAnswer> Cluster::create(const std::string& path, std::string json) {
  return ask({path, "POST", kJson, std::move(json)});
}

Result<ApiAnswer> Cluster::replace(const std::string& path, std::string json) {
  return ask({path, "PUT", kJson, std::move(json)});
}

Result<ApiAnswer> Cluster::patch(const std::string& path, std::string json) {
  return ask({path, "PATCH", "application/merge-patch+json", std::move(json)});
}

Result<ApiAnswer> Cluster::remove(const std::string& path, std::string options) {
  return ask({path, "DELETE", kJson, std::move(options)});
}

void Cluster::wait(std::chrono::milliseconds time) {
  state_->loop.after(time, [this] { state_->loop.stop(); });
  state_->loop.run();
}

const std::string& Cluster::server() const { return state_->client.server(); }

const std::string& Cluster::name_space() const { return state_->name_space; }

}  // namespace meshdns
