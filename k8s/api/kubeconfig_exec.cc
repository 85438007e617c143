#include "k8s/api/kubeconfig_exec.h"

#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>

#include "k8s/api/base64.h"

namespace meshdns {
namespace {

using nlohmann::json;

constexpr const char* kGroup = "client.authentication.k8s.io/";
constexpr const char* kExtension = "client.authentication.k8s.io/exec";
constexpr unsigned kMaxNodes = 10'000;  // of what a plugin is told: aliases may say the same again and again

/// What an extension holds, as JSON. A plain scalar is what JSON takes it for, else text; a quoted one is text.
json to_json(const YAML::Node& node, const KubeconfigSection& where, unsigned& nodes) {
  if (++nodes > kMaxNodes)
    where.fail(std::string("extension: expected at most ") + std::to_string(kMaxNodes) + " values");
  if (node.IsMap()) {
    json object = json::object();
    for (const auto& member : node) object[member.first.Scalar()] = to_json(member.second, where, nodes);
    return object;
  }
  if (node.IsSequence()) {
    json array = json::array();
    for (const YAML::Node& element : node) array.push_back(to_json(element, where, nodes));
    return array;
  }
  if (!node.IsScalar()) return nullptr;
  json value = json::parse(node.Scalar(), nullptr, /*allow_exceptions=*/false);
  return node.Tag() != "?" || value.is_discarded() ? json(node.Scalar()) : value;
}

json cluster_info(const KubeconfigSection& cluster, const ClusterAccess& access) {
  json info = {{"server", access.server}};
  if (!access.tls.server_name.empty()) info["tls-server-name"] = access.tls.server_name;
  if (access.tls.insecure) info["insecure-skip-tls-verify"] = true;
  if (!access.tls.ca.empty()) info["certificate-authority-data"] = base64_encode(access.tls.ca.text);
  if (!access.proxy.empty()) info["proxy-url"] = access.proxy;
  for (const KubeconfigSection& extension : cluster.elements("extensions")) {
    unsigned nodes = 0;
    if (extension.text("name") == kExtension) info["config"] = to_json(extension.node("extension"), extension, nodes);
  }
  return info;
}

void check_mode(const KubeconfigSection& exec, const std::string& version) {
  const std::string mode = exec.text("interactiveMode");
  if (mode == "Never" || mode == "IfAvailable" || (mode.empty() && version == "v1beta1")) return;
  if (mode == "Always") exec.fail_field("interactiveMode", "Always is refused: nobody is there to be asked");
  exec.fail_field("interactiveMode", "expected Never or IfAvailable");
}

/// A command with a slash is a path, relative to the kubeconfig.
std::string read_command(const KubeconfigSection& exec) {
  const std::string command = exec.required("command");
  return command.find('/') == std::string::npos ? command : exec.path("command");
}

}  // namespace

ExecConfig read_exec(const KubeconfigSection& exec, const KubeconfigSection& cluster, const ClusterAccess& access) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in this program sets variables
  if (std::getenv("KUBERNETES_SERVICE_HOST") != nullptr) {
    exec.fail("plugins are not run in a pod: give the user a tokenFile, a token or a client-certificate");
  }
  ExecConfig config;
  config.api_version = exec.required("apiVersion");
  const std::string version =
      config.api_version.starts_with(kGroup) ? config.api_version.substr(std::strlen(kGroup)) : "";
  if (version != "v1" && version != "v1beta1") {
    exec.fail_field("apiVersion", std::string("expected ") + kGroup + "v1 or " + kGroup + "v1beta1");
  }
  check_mode(exec, version);
  config.command = read_command(exec);
  config.arguments = exec.texts("args");
  config.install_hint = exec.text("installHint");
  for (const KubeconfigSection& variable : exec.elements("env")) {
    config.environment.push_back(variable.required("name") + "=" + variable.text("value"));
  }
  json info = {{"apiVersion", config.api_version}, {"kind", "ExecCredential"}, {"spec", {{"interactive", false}}}};
  if (exec.flag("provideClusterInfo")) info["spec"]["cluster"] = cluster_info(cluster, access);
  config.environment.push_back("KUBERNETES_EXEC_INFO=" + info.dump(-1, ' ', false, json::error_handler_t::replace));
  return config;
}

}  // namespace meshdns
