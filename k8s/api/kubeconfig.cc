#include "k8s/api/kubeconfig.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "k8s/api/api_objects.h"
#include "k8s/api/file.h"
#include "k8s/api/kubeconfig_exec.h"
#include "k8s/api/kubeconfig_section.h"
#include "k8s/api/url.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

using Section = KubeconfigSection;

/// Some files as one.
class Kubeconfig {
 public:
  explicit Kubeconfig(std::vector<Section> files) : files_(std::move(files)) {}

  const Section& first() const { return files_.front(); }

  std::string current_context() const {
    for (const Section& file : files_) {
      if (std::string name = file.text("current-context"); !name.empty()) return name;
    }
    first().fail_field("current-context", "is not set: set it, or name a context with --context");
  }

  /// The `inner` that is called `name` in the list `field`; `within` is where it is looked for, in an error.
  Section named(const char* field, const std::string& name, const char* inner, const std::string& within = "") const {
    for (const Section& file : files_) {
      if (auto found = file.called(within).named(field, name, inner)) return *std::move(found);
    }
    const std::string problem = "no " + Section::title(inner, name) + " in " + field;
    if (files_.size() == 1) first().called(within).fail_list(field, problem);
    throw KubeconfigError{joined(files_, &Section::file) + ": " + (within.empty() ? "" : within + ": ") + problem};
  }

 private:
  std::vector<Section> files_;
};

void read_cluster(const Section& cluster, ClusterAccess& access) {
  access.server = cluster.required("server");
  while (access.server.ends_with('/')) access.server.pop_back();
  if (const auto wrong = check_server_url(access.server)) cluster.fail_field("server", wrong->message);
  access.proxy = cluster.text("proxy-url");
  if (!access.proxy.empty()) {
    if (const auto wrong = check_proxy_url(access.proxy)) cluster.fail_field("proxy-url", wrong->message);
  }
  access.tls.server_name = cluster.text("tls-server-name");
  if (!access.tls.server_name.empty() && !with_host(access.server, access.tls.server_name)) {
    cluster.fail_field("tls-server-name", "expected a host's name such as kube.example.com");
  }
  access.tls.insecure = cluster.flag("insecure-skip-tls-verify");
  access.tls.ca = cluster.pem("certificate-authority");
  if (access.tls.ca.empty()) return;
  if (access.tls.insecure) cluster.fail_field("insecure-skip-tls-verify", "true contradicts the certificate-authority");
  if (const auto wrong = check_certificates(access.tls.ca)) cluster.fail_field("certificate-authority", wrong->message);
}

void read_bearer(const Section& user, ClusterAccess& access) {
  access.token = user.text("token");
  if (!access.token.empty() && !is_token(access.token)) {
    user.fail_field("token", "expected one line of visible ASCII");
  }
  access.token_file = user.path("tokenFile");
  if (access.token_file.empty()) return;
  auto token = read_token(access.token_file);
  if (token) {
    access.token = *std::move(token);
  } else if (access.token.empty()) {
    user.fail_field("tokenFile", token.error());
  }
}

void read_certificate(const Section& user, ClusterAccess& access) {
  access.tls.certificate = user.pem("client-certificate");
  access.tls.key = user.pem("client-key");
  if (access.tls.certificate.empty() && access.tls.key.empty()) return;
  if (access.tls.key.empty()) user.fail_field("client-key", "is missing beside client-certificate");
  if (access.tls.certificate.empty()) user.fail_field("client-certificate", "is missing beside client-key");
  if (const auto wrong = check_key_pair(access.tls.certificate, access.tls.key)) {
    user.fail_field("client-certificate", wrong->message);
  }
}

void read_user(const Section& user, const Section& cluster, ClusterAccess& access) {
  user.refuse({"auth-provider"}, "use exec, or a token");
  user.refuse({"username", "password"}, "use a token or a client certificate");
  user.refuse({"as", "as-uid", "as-groups", "as-user-extra"}, "grant to the user itself what it shall be allowed");
  read_bearer(user, access);
  read_certificate(user, access);
  // As with kubectl, a token makes the plugin superfluous.
  if (user.has("exec") && access.token.empty()) access.exec = read_exec(user.inner("exec"), cluster, access);
}

/// Nothing where there is no such file and `missing_ok`.
std::optional<Section> read_file(const std::string& file, bool missing_ok) {
  std::error_code error;
  if (missing_ok && !std::filesystem::exists(file, error) && !error) return std::nullopt;
  const auto text = read_small_file(file);
  if (!text) throw KubeconfigError{text.error()};
  try {
    const YAML::Node node = YAML::Load(*text);
    return Section(file, node.IsNull() ? YAML::Node(YAML::NodeType::Map) : node, "");
  } catch (const YAML::Exception& failure) {
    const std::string line = failure.mark.is_null() ? "" : ":" + std::to_string(failure.mark.line + 1);
    throw KubeconfigError{file + line + ": " + printable(failure.msg)};
  }
}

ClusterAccess read(const std::vector<std::string>& files, const std::string& wanted) {
  std::vector<Section> sections;
  for (const std::string& file : files) {
    // Where none of them exists, the last is the one that is missing.
    const bool missing_ok = !sections.empty() || &file != &files.back();
    if (auto section = read_file(file, missing_ok)) sections.push_back(*std::move(section));
  }
  const Kubeconfig config(std::move(sections));
  const std::string name = wanted.empty() ? config.current_context() : wanted;
  const std::string within = Section::title("context", name);
  const Section context = config.named("contexts", name, "context");
  ClusterAccess access;
  access.name_space = context.text("namespace");
  const Section cluster = config.named("clusters", context.required("cluster"), "cluster", within);
  read_cluster(cluster, access);
  if (!context.has("user")) return access;
  read_user(config.named("users", context.required("user"), "user", within), cluster, access);
  return access;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing in this program sets variables
  return value == nullptr ? "" : value;
}

}  // namespace

Result<std::vector<std::string>> kubeconfig_files(const std::string& path) {
  if (!path.empty()) return std::vector{path};
  const std::string variable = environment("KUBECONFIG");
  std::vector<std::string> files;
  for (size_t begin = 0, end = 0; begin < variable.size(); begin = end + 1) {
    end = std::min(variable.find(':', begin), variable.size());
    const std::string file = variable.substr(begin, end - begin);
    if (!file.empty() && std::find(files.begin(), files.end(), file) == files.end()) files.push_back(file);
  }
  if (!files.empty()) return files;
  const std::string home = environment("HOME");
  if (home.empty()) return Error{"no kubeconfig: neither --kubeconfig nor KUBECONFIG nor HOME is set"};
  return std::vector{home + "/.kube/config"};
}

Result<ClusterAccess> read_kubeconfig(const std::vector<std::string>& files, const std::string& context) {
  try {
    return read(files, context);
  } catch (const KubeconfigError& wrong) {
    return Error{wrong.message};
  } catch (const YAML::Exception& error) {
    return Error{files.front() + ": " + printable(error.msg)};
  }
}

}  // namespace meshdns
