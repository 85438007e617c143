#include "cmd/ctl/injected_pod.h"

#include "k8s/mesh/shell_word.h"

namespace meshdns {

std::string injected_pod_line(const PodWhere& where, const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {"kubectl"};
  const auto add = [&](const char* flag, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {flag, value});
  };
  add("--kubeconfig", where.kubeconfig);
  add("--context", where.context);
  add("--namespace", where.name_space);
  words.insert(words.end(), {"run", "meshdnsctl-route-verify", "--image=meshdns:" MESHDNS_VERSION, "--restart=Never",
                             "--rm", "--attach", "--labels=sidecar.istio.io/inject=true"});
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
