#include "cmd/ctl/pod_verification.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "cmd/ctl/cluster.h"
#include "cmd/ctl/held_signals.h"
#include "cmd/duration.h"
#include "cmd/text_value.h"
#include "k8s/api/url.h"
#include "k8s/stub/verification_report.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

// For a node to be found, and an image to be pulled.
constexpr std::chrono::seconds kStart{120};
// Between the Pod's own deadline and our giving up: its status has to arrive.
constexpr std::chrono::seconds kLast{15};
constexpr std::chrono::seconds kPause{1};

std::string pods_path(const std::string& name_space) {
  return "/api/v1/namespaces/" + url_escape(name_space) + "/pods";
}

/// The Pod, for as long as this is there.
class RunningPod {
 public:
  RunningPod(Cluster& cluster, const std::string& name_space, const std::string& name)
      : cluster_(cluster), text_(name_space + "/" + name), path_(pods_path(name_space) + "/" + url_escape(name)) {}
  RunningPod(const RunningPod&) = delete;
  RunningPod& operator=(const RunningPod&) = delete;
  ~RunningPod() {
    const auto answer = cluster_.remove(path_);
    if (answer && (answer->done() || answer->status == 404)) return;
    std::fprintf(stderr, "the Pod %s is still there: %s\n", escape_controls(text_).c_str(),
                 answer ? answer->trouble().c_str() : answer.error().c_str());
  }

  /// Its termination message.
  Result<std::string> report(std::chrono::seconds patience, const HeldSignals& signals) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
      const auto answer = cluster_.get(path_);
      if (!answer) return Error{answer.error()};
      if (!answer->done()) return Error{"the Pod " + text_ + " is gone: " + answer->trouble()};
      const PodOutcome outcome = verify_pod_outcome(answer->body);
      if (outcome.state == PodOutcome::State::kReported) return outcome.text;
      if (outcome.state == PodOutcome::State::kFailed) return Error{"the Pod " + text_ + ": " + outcome.text};
      if (signals.pending()) return Error{"interrupted"};
      if (std::chrono::steady_clock::now() > deadline) {
        return Error{"the Pod " + text_ + " has not ended within " + format_duration(patience) + ": " + outcome.text};
      }
      show(outcome.text);
      cluster_.wait(kPause);
    }
  }

 private:
  void show(const std::string& state) {
    if (std::exchange(shown_, state) == state) return;
    std::fprintf(stderr, "waiting for the Pod %s: %s\n", escape_controls(text_).c_str(), state.c_str());
  }

  Cluster& cluster_;
  const std::string text_;
  const std::string path_;
  std::string shown_;
};

/// The pods behind the Service that has one of these addresses; nothing where there is none, or it may not be looked for.
std::optional<SelectedPods> pods_behind(Cluster& cluster, const std::vector<Hop>& servers) {
  for (const Hop& server : servers) {
    const auto answer = cluster.get("/api/v1/services?limit=1&fieldSelector=" +
                                    url_escape("spec.clusterIP=" + server.server.address.text()));
    if (!answer || !answer->done()) continue;
    if (auto pods = first_service_pods(answer->body)) return pods;
  }
  return std::nullopt;
}

}  // namespace

Result<PodPlace> find_pod_place(Cluster& cluster, const std::vector<Hop>& servers, const std::string& image,
                                const std::string& name_space) {
  PodPlace place{name_space, {image, {}}};
  if (const auto pods = pods_behind(cluster, servers)) {
    place.name_space = pods->name_space;
    const auto answer =
        cluster.get(pods_path(pods->name_space) + "?limit=1&labelSelector=" + url_escape(pods->selector));
    const auto found = answer && answer->done() ? meshdns_image(answer->body) : std::nullopt;
    if (found) place.image.pull_secrets = found->pull_secrets;
    if (found && image.empty()) place.image.image = found->image;
  }
  if (!place.image.image.empty()) return place;
  return Error{
      "no Pod can ask, as the image of meshdns is not known: none of the servers is the ClusterIP of a Service with "
      "running pods; --image IMAGE gives it"};
}

std::vector<std::string> verify_arguments(const VerificationPlan& plan, std::chrono::milliseconds wait) {
  std::vector<std::string> arguments = {"stub", "verify", "--via", "local", "--zone", plan.zone.text()};
  const auto add = [&](const char* flag, const std::string& value) {
    arguments.insert(arguments.end(), {flag, value});
  };
  for (const Hop& server : plan.servers) add("--server", server.server.text());
  for (const Hop& hop : plan.hops) add("--through", hop.argument());
  if (plan.known) add("--name", plan.known->text());
  for (const Name& name : plan.candidates) add("--try-name", name.text());
  if (plan.own_name) {
    std::string addresses;
    for (const IpAddress& address : plan.own_name->addresses)
      addresses += (addresses.empty() ? "=" : ",") + address.text();
    add("--own-name", plan.own_name->name.text() + addresses);
  }
  add("--wait", format_duration(wait));
  add("--verdict-file", kTerminationLog);
  return arguments;
}

Result<Json> verify_in_pod(Cluster& cluster, const PodPlace& place, const VerificationPlan& plan,
                           std::chrono::milliseconds wait) {
  const auto deadline = std::chrono::ceil<std::chrono::seconds>(wait) + kStart;
  const HeldSignals signals;
  const auto created =
      cluster.create(pods_path(place.name_space),
                     verify_pod_json(place.name_space, place.image, verify_arguments(plan, wait), deadline));
  if (!created) return Error{created.error()};
  if (!created->done()) return Error{"no Pod can be created to ask from: " + created->trouble()};
  const auto name = object_name(created->body);
  if (!name) return Error{"the API server answers with something that is no Pod"};
  const auto report = RunningPod(cluster, place.name_space, *name).report(deadline + kLast, signals);
  if (!report) return Error{report.error()};
  return parse_verification_report(*report);
}

}  // namespace meshdns
