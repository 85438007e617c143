#include "cmd/ctl/stub_restart.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "k8s/stub/corefile_edit.h"
#include "zone/unix_time.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

bool reads_by_itself(const ClusterDns& dns) {
  const auto is_corefile = [](const StubPlace& place) { return place.form != StubForm::kStubDomains; };
  if (std::ranges::none_of(dns.detected.places, is_corefile)) return true;
  const auto corefile = Corefile::parse(dns.detected.corefile);
  return corefile && has_reload(*corefile);
}

std::vector<std::string> restart_notes(const ClusterDns& dns) {
  if (reads_by_itself(dns)) return {};
  const auto& workload = dns.detected.workload;
  return {"CoreDNS has no plugin reload here, and goes on as before until it is restarted" +
          (workload ? ": " + workload->text() : "")};
}

Restart::Restart(Cluster& cluster, const ClusterDns& dns, bool allowed) : cluster_(cluster) {
  if (reads_by_itself(dns)) return;
  const auto& workload = dns.detected.workload;
  if (!allowed) {
    stop(kRefused,
         "CoreDNS has no plugin reload here, and would read the change when it is restarted only; add --restart, "
         "which restarts " +
             (workload ? workload->text() : "it"));
  }
  if (!workload) {
    stop(kRefused, "CoreDNS has no plugin reload here, and there is no Deployment or DaemonSet of it to be restarted");
  }
  path_ = workload->path();
}

void Restart::carry_out() const {
  if (path_.empty()) return;
  const Json patch{
      {"spec",
       {{"template",
         {{"metadata", {{"annotations", {{"kubectl.kubernetes.io/restartedAt", rfc3339(unix_now())}}}}}}}}}};
  const auto answer = value_or_stop(cluster_.patch(path_, patch.dump()), kFailed);
  if (!answer.done()) stop(kFailed, "cannot restart CoreDNS: " + answer.trouble());
}

}  // namespace meshdns
