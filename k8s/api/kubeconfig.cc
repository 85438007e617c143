#include "k8s/api/kubeconfig.h"

#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "k8s/api/base64.h"
#include "k8s/api/file.h"
#include "k8s/api/url.h"

namespace meshdns {
namespace {

// Start-up code: what is wrong leaves by exception, from wherever it is found, to read_kubeconfig().
struct Wrong {
  std::string message;
};

/// A mapping within the file that knows what to call itself in an error: `user "admin"`.
class Section {
 public:
  Section(std::string file, YAML::Node node, std::string what)
      : file_(std::move(file)), node_(std::move(node)), what_(std::move(what)) {
    if (!node_.IsMap()) fail(node_, "expected a mapping");
  }

  bool has(const char* field) const { return node_[field].IsDefined() && !node_[field].IsNull(); }

  std::string text(const char* field) const {
    const YAML::Node value = node_[field];
    if (!has(field)) return "";
    if (!value.IsScalar()) fail(value, std::string(field) + ": expected text");
    return value.Scalar();
  }

  bool flag(const char* field) const {
    const std::string value = text(field);
    if (value != "" && value != "true" && value != "false")
      fail(node_[field], std::string(field) + ": expected true or false");
    return value == "true";
  }

  std::string required(const char* field) const {
    std::string value = text(field);
    if (value.empty()) fail(has(field) ? node_[field] : node_, std::string(field) + " is missing");
    return value;
  }

  /// A path as the file means it: relative to its own directory.
  std::string path(const char* field) const {
    const std::string value = text(field);
    return value.empty() ? "" : (std::filesystem::path(file_).parent_path() / value).string();
  }

  /// FIELD-data in base64, or the file that FIELD names; the data wins, as with kubectl.
  Pem pem(const std::string& field) const {
    const std::string data_field = field + "-data";
    const std::string data = text(data_field.c_str());
    if (data.empty()) return pem_file(field.c_str());
    auto decoded = base64_decode(data);
    if (!decoded) fail(node_[data_field], data_field + ": expected base64");
    return Pem{*std::move(decoded), ""};
  }

  Pem pem_file(const char* field) const {
    const std::string file = path(field);
    if (file.empty()) return {};
    auto pem = read_pem(file);
    if (!pem) fail_field(field, pem.error());
    return *std::move(pem);
  }

  void refuse(std::initializer_list<const char*> fields) const {
    for (const char* field : fields) {
      if (has(field)) fail(node_[field], std::string(field) + " is not yet supported");
    }
  }

  /// The same mapping, called by another name.
  Section called(const std::string& what) const { return {file_, node_, what}; }

  /// The element of the list `field` that is called `name`, and of it the mapping `inner`.
  Section named(const char* field, const std::string& name, const char* inner) const {
    const YAML::Node list = node_[field];
    if (has(field) && !list.IsSequence()) fail(list, std::string(field) + ": expected a list");
    const std::string what = std::string(inner) + " \"" + name + "\"";
    for (const YAML::Node& element : list) {
      if (!element.IsMap() || !element["name"].IsDefined() || !element["name"].IsScalar()) continue;
      if (element["name"].Scalar() != name) continue;
      const bool empty = !element[inner].IsDefined() || element[inner].IsNull();
      return {file_, empty ? YAML::Node(YAML::NodeType::Map) : element[inner],
              what_.empty() ? what : what_ + ", " + what};
    }
    fail(has(field) ? list : node_, "no " + what + " in " + field);
  }

  [[noreturn]] void fail_field(const char* field, const std::string& problem) const {
    fail(has(field) ? node_[field] : node_, std::string(field) + ": " + problem);
  }

 private:
  [[noreturn]] void fail(const YAML::Node& at, const std::string& problem) const {
    const int line = at.IsDefined() ? at.Mark().line : -1;
    std::string where = file_ + (line < 0 ? "" : ":" + std::to_string(line + 1)) + ": ";
    if (!what_.empty()) where += what_ + ": ";
    throw Wrong{where + problem};
  }

  std::string file_;
  YAML::Node node_;
  std::string what_;
};

void read_cluster(const Section& cluster, ClusterAccess& access) {
  cluster.refuse({"proxy-url"});
  access.server = cluster.required("server");
  while (access.server.ends_with('/')) access.server.pop_back();
  if (const auto wrong = check_server_url(access.server)) cluster.fail_field("server", wrong->message);
  access.tls.server_name = cluster.text("tls-server-name");
  access.tls.insecure = cluster.flag("insecure-skip-tls-verify");
  access.tls.ca = cluster.pem("certificate-authority");
  if (access.tls.ca.empty()) return;
  if (access.tls.insecure) cluster.fail_field("insecure-skip-tls-verify", "true contradicts the certificate-authority");
  if (const auto wrong = check_certificates(access.tls.ca)) cluster.fail_field("certificate-authority", wrong->message);
}

void read_user(const Section& user, ClusterAccess& access) {
  user.refuse({"exec", "auth-provider", "username", "password", "as", "as-uid", "as-groups", "as-user-extra"});
  access.token = user.text("token");
  access.token_file = user.path("tokenFile");
  if (!access.token_file.empty()) {
    auto token = read_token(access.token_file);
    if (!token) user.fail_field("tokenFile", token.error());
    access.token = *std::move(token);
  } else if (!access.token.empty() && !is_token(access.token)) {
    user.fail_field("token", "expected one line of visible ASCII");
  }
  access.tls.certificate = user.pem("client-certificate");
  access.tls.key = user.pem("client-key");
  if (access.tls.certificate.empty() && access.tls.key.empty()) return;
  if (access.tls.key.empty()) user.fail_field("client-key", "is missing beside client-certificate");
  if (access.tls.certificate.empty()) user.fail_field("client-certificate", "is missing beside client-key");
  if (const auto wrong = check_key_pair(access.tls.certificate, access.tls.key)) {
    user.fail_field("client-certificate", wrong->message);
  }
}

ClusterAccess read(const std::string& file, const std::string& text, const std::string& wanted) {
  const Section config(file, YAML::Load(text), "");
  const std::string name = wanted.empty() ? config.text("current-context") : wanted;
  if (name.empty()) config.fail_field("current-context", "is not set: set it, or name a context with --context");
  const Section context = config.named("contexts", name, "context");
  const Section in_context = config.called("context \"" + name + "\"");
  ClusterAccess access;
  access.name_space = context.text("namespace");
  read_cluster(in_context.named("clusters", context.required("cluster"), "cluster"), access);
  if (context.has("user")) read_user(in_context.named("users", context.required("user"), "user"), access);
  return access;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing in this program sets variables
  return value == nullptr ? "" : value;
}

}  // namespace

Result<std::string> kubeconfig_path(const std::string& path) {
  if (!path.empty()) return path;
  const std::string variable = environment("KUBECONFIG");
  if (variable.find(':') != std::string::npos) {
    return Error{"KUBECONFIG=" + variable + ": several files are not yet supported; name one, or use --kubeconfig"};
  }
  if (!variable.empty()) return variable;
  const std::string home = environment("HOME");
  if (home.empty()) return Error{"no kubeconfig: neither --kubeconfig nor KUBECONFIG nor HOME is set"};
  return home + "/.kube/config";
}

Result<ClusterAccess> read_kubeconfig(const std::string& file, const std::string& context) {
  const auto text = read_small_file(file);
  if (!text) return Error{text.error()};
  try {
    return read(file, *text, context);
  } catch (const Wrong& wrong) {
    return Error{wrong.message};
  } catch (const YAML::Exception& error) {
    const std::string line = error.mark.is_null() ? "" : ":" + std::to_string(error.mark.line + 1);
    return Error{file + line + ": " + error.msg};
  }
}

}  // namespace meshdns
