#include "k8s/api/credentials.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "k8s/api/file.h"
#include "k8s/api/url.h"

namespace meshdns {
namespace {

constexpr std::chrono::seconds kTokenAge{60};

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing in this program sets variables
  return value == nullptr ? "" : value;
}

std::string trimmed(const std::string& text) {
  constexpr const char* kSpace = " \t\r\n";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace

bool is_token(const std::string& token) {
  return !token.empty() && std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

Result<std::string> read_token(const std::string& file) {
  const auto content = read_small_file(file);
  if (!content) return Error{content.error()};
  std::string token = trimmed(*content);
  if (!is_token(token)) return Error{file + " holds no bearer token: expected one line of visible ASCII"};
  return token;
}

Result<std::optional<ClusterAccess>> in_cluster_access(const std::string& directory) {
  const std::string host = environment("KUBERNETES_SERVICE_HOST");
  const std::string port = environment("KUBERNETES_SERVICE_PORT");
  if (host.empty() || port.empty()) return std::optional<ClusterAccess>();
  ClusterAccess access;
  access.server = "https://" + (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + port;
  if (const auto wrong = check_server_url(access.server)) {
    return Error{"KUBERNETES_SERVICE_HOST \"" + host + "\" and KUBERNETES_SERVICE_PORT \"" + port +
                 "\": expected an address and a port"};
  }
  access.token_file = directory + "/token";
  auto token = read_token(access.token_file);
  if (!token) {
    return Error{token.error() + "; the pod needs a service account's token (automountServiceAccountToken: true)"};
  }
  access.token = *std::move(token);
  auto ca = read_pem(directory + "/ca.crt");
  if (!ca) return Error{ca.error()};
  access.tls.ca = *std::move(ca);
  if (auto wrong = check_certificates(access.tls.ca)) return *std::move(wrong);
  const auto name_space = read_small_file(directory + "/namespace");
  if (name_space) access.name_space = trimmed(*name_space);
  return std::optional(std::move(access));
}

const std::string& BearerToken::value(Clock::time_point now) {
  if (!read_at_ || now - *read_at_ >= kTokenAge) read(now);
  return token_;
}

bool BearerToken::read(Clock::time_point now) {
  if (file_.empty()) return false;
  read_at_ = now;
  auto token = read_token(file_);
  if (!token && !failing_) spdlog::warn("{}; going on with the token read before", token.error());
  failing_ = !token;
  return token && *token != std::exchange(token_, *token);
}

}  // namespace meshdns
