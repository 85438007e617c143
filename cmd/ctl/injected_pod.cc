#include "cmd/ctl/injected_pod.h"

#include "k8s/mesh/shell_word.h"
#include "k8s/stub/verify_pod.h"

namespace meshdns {
namespace {

constexpr const char* kPods = "/api/v1/pods?limit=1&labelSelector=app.kubernetes.io%2Fname%3Dmeshdns";

std::string image_to_run(const ClusterFlags& flags) {
  auto cluster = Cluster::open(flags);
  const auto answer = cluster ? cluster->get(kPods) : Result<ApiAnswer>(Error{cluster.error()});
  const auto image = answer && answer->done() ? meshdns_image(answer->body) : std::nullopt;
  return image ? image->image : "meshdns:" MESHDNS_VERSION;
}

}  // namespace

std::string injected_pod_line(const ClusterFlags& flags, const std::string& name_space,
                              const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {"kubectl"};
  const auto add = [&](const char* flag, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {flag, value});
  };
  add("--kubeconfig", flags.kubeconfig);
  add("--context", flags.context);
  add("--namespace", name_space);
  words.insert(words.end(),
               {"run", "meshdnsctl-" + arguments.at(0) + "-" + arguments.at(1), "--image=" + image_to_run(flags),
                "--restart=Never", "--rm", "--attach", "--labels=sidecar.istio.io/inject=true"});
  // As an init container that goes on, a sidecar is ready before meshdnsctl begins, and ends behind it; where that is not known, Istio lets
  // meshdnsctl wait.
  words.push_back("--annotations=sidecar.istio.io/nativeSidecar=true");
  words.push_back(R"(--annotations=proxy.istio.io/config={"holdApplicationUntilProxyStarts":true})");
  words.insert(words.end(), {"--command", "--", "meshdnsctl"});
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + shell_word(word);
  return line;
}

}  // namespace meshdns
