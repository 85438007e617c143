// The shares of a route's destinations.

#include <algorithm>
#include <numeric>

#include "k8s/istio/service_entry.h"
#include "k8s/mesh/lint_rules.h"
#include "k8s/mesh/lint_text.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

using To = VirtualService::To;

constexpr int64_t kOldSum = 100;
constexpr size_t kMostNamed = 8;

/// Calls `visit` with each list of destinations that share requests, and the JSON Pointer to its route.
template <class Visit>
void each_choice(const LintMesh& mesh, const Visit& visit) {
  for (const VirtualService& route : mesh.routes()) {
    for (const auto& http : route.http) visit(route, http.pointer, http.to);
    for (const auto* streams : {&route.tls, &route.tcp}) {
      for (const auto& stream : *streams) visit(route, stream.pointer, stream.to);
    }
  }
}

int64_t weight_of(const To& to) { return to.weight.value_or(0); }

int64_t sum_of(const std::vector<To>& choice) {
  return std::accumulate(choice.begin(), choice.end(), int64_t{0},
                         [](int64_t sum, const To& to) { return sum + weight_of(to); });
}

/// Why the destination's requests fail when one of its endpoints does; empty: they go elsewhere, or lint cannot know.
std::string without_failover(const LintMesh& mesh, const To& to) {
  const std::string host = shown(to.destination.host);
  const Declared declared = mesh.declared(to.destination.host);
  if (declared.service != nullptr || declared.entries.empty()) return {};
  size_t endpoints = 0;
  for (const LintEntry* entry : declared.entries) {
    if (!entry->workload_selector.empty()) return {};
    endpoints += entry->endpoints.size();
  }
  if (endpoints < 2) return host + " has one endpoint";
  const auto ports = ports_of(declared);
  const uint16_t port = to.destination.port.value_or(ports.empty() ? 0 : ports.front().number);
  const auto ejects = [&](const DestinationRule* rule) {
    const auto* subset = rule->subset(to.destination.subset);
    return rule->policy.of_port(port).outlier_detection.has_value() ||
           (subset != nullptr && subset->policy && subset->policy->of_port(port).outlier_detection.has_value());
  };
  return std::ranges::any_of(mesh.rules_of(to.destination.host), ejects) ? "" : host + " has no outlierDetection";
}

}  // namespace

void find_negative_weights(const LintSubject& subject, const Report& report) {
  each_choice(subject.mesh, [&](const VirtualService& route, const std::string&, const std::vector<To>& choice) {
    for (const To& to : choice) {
      if (weight_of(to) >= 0) continue;
      report(route, to.pointer + "/weight",
             "found " + std::to_string(*to.weight) + ", expected a weight from 0 to 2147483647");
    }
  });
}

void find_sums_of_zero(const LintSubject& subject, const Report& report) {
  each_choice(
      subject.mesh, [&](const VirtualService& route, const std::string& pointer, const std::vector<To>& choice) {
        if (choice.size() < 2 || sum_of(choice) != 0) return;
        report(route, pointer,
               "the weights of its " + std::to_string(choice.size()) +
                   " destinations sum to 0, expected more: Istio refuses it; give at least one of them a weight");
      });
}

void find_sums_other_than_100(const LintSubject& subject, const Report& report) {
  each_choice(subject.mesh,
              [&](const VirtualService& route, const std::string& pointer, const std::vector<To>& choice) {
                const int64_t sum = sum_of(choice);
                if (choice.size() < 2 || sum == 0 || sum == kOldSum) return;
                report(route, pointer,
                       "the weights sum to " + std::to_string(sum) +
                           ": they are shares of that, but old Istio refuses what is not 100");
              });
}

void find_single_zeros(const LintSubject& subject, const Report& report) {
  each_choice(subject.mesh, [&](const VirtualService& route, const std::string&, const std::vector<To>& choice) {
    if (choice.size() != 1 || choice.front().weight != 0) return;
    report(route, choice.front().pointer + "/weight",
           "found 0, but the only destination gets every request: leave the weight out, or the destination");
  });
}

void find_weights_without_failover(const LintSubject& subject, const Report& report) {
  each_choice(subject.mesh,
              [&](const VirtualService& route, const std::string& pointer, const std::vector<To>& choice) {
                std::vector<std::string> reasons;
                for (const To& to : choice) {
                  const bool gets_requests = choice.size() > 1 && weight_of(to) > 0 && reasons.size() < kMostNamed;
                  std::string reason = gets_requests ? without_failover(subject.mesh, to) : "";
                  if (!reason.empty()) reasons.push_back(std::move(reason));
                }
                if (reasons.empty()) return;
                report(route, pointer,
                       "weights do not fail over: while a destination is dead, its share of the requests fails (" +
                           joined(reasons) + "); one host with an endpoint in each cluster and outlierDetection does");
              });
}

}  // namespace meshdns
