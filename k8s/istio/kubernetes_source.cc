#include "k8s/istio/kubernetes_source.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "k8s/api/api_client.h"
#include "k8s/api/credentials.h"
#include "k8s/api/reflector.h"
#include "k8s/api/timer.h"
#include "k8s/istio/service_entry_handler.h"

namespace meshdns {

struct KubernetesSource::State {
  /// One reflector and what it delivers to.
  struct Mirror {
    bool listed = false;
    std::unique_ptr<ServiceEntryHandler> handler;
    std::unique_ptr<Reflector> reflector;
  };

  State(uv_loop_t* loop, ClusterAccess access, EntryFeed entry_feed, WithdrawalGuard::Limits limits)
      : client(loop, std::move(access)),
        feed(std::move(entry_feed)),
        guard(
            feed, [this](WithdrawalGuard::Clock::time_point due) { list_at(due); }, limits),
        list_timer(loop, [this] {
          for (const auto& mirror : mirrors) mirror->reflector->list_again();
        }) {}

  void add(std::string name_space) {
    Mirror& mirror = *mirrors.emplace_back(std::make_unique<Mirror>());
    mirror.handler =
        std::make_unique<ServiceEntryHandler>(feed, guard, name_space, [this, &mirror] { listed(mirror); });
    Resource resource{"networking.istio.io", "serviceentries", {"v1", "v1beta1", "v1alpha3"}, std::move(name_space)};
    mirror.reflector = std::make_unique<Reflector>(client, std::move(resource), feed.source(), *mirror.handler);
  }

  void listed(Mirror& mirror) {
    mirror.listed = true;
    if (std::all_of(mirrors.begin(), mirrors.end(), [](const auto& other) { return other->listed; })) feed.set_synced();
  }

  void list_at(WithdrawalGuard::Clock::time_point due) {
    list_timer.start(std::chrono::ceil<std::chrono::milliseconds>(due - WithdrawalGuard::Clock::now()));
  }

  ApiClient client;
  EntryFeed feed;
  WithdrawalGuard guard;
  Timer list_timer;
  std::vector<std::unique_ptr<Mirror>> mirrors;
};

KubernetesSource::KubernetesSource(uv_loop_t* loop, ClusterAccess access, std::vector<std::string> namespaces,
                                   EntryFeed feed, WithdrawalGuard::Limits limits)
    : state_(std::make_unique<State>(loop, std::move(access), std::move(feed), limits)) {
  std::sort(namespaces.begin(), namespaces.end());
  namespaces.erase(std::unique(namespaces.begin(), namespaces.end()), namespaces.end());
  if (namespaces.empty()) namespaces.emplace_back();
  for (std::string& name_space : namespaces) state_->add(std::move(name_space));
}

KubernetesSource::~KubernetesSource() = default;

void KubernetesSource::start() {
  for (const auto& mirror : state_->mirrors) mirror->reflector->start();
}

void KubernetesSource::release_withdrawals() {
  state_->guard.release();
  state_->feed.flush();
}

}  // namespace meshdns
