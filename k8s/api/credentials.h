#pragma once

// How to reach one API server, and as whom. Made from a kubeconfig (kubeconfig.h) or from what is mounted into a pod.
// Source: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/

#include <chrono>
#include <optional>
#include <string>

#include "k8s/api/exec_credential.h"
#include "k8s/api/tls.h"
#include "zone/result.h"

namespace meshdns {

/// A plain value, checked when it was made: the files exist and hold what they should.
struct ClusterAccess {
  std::string server;  // "https://10.96.0.1:443", a path perhaps, no trailing slash
  TlsSettings tls;
  std::string token;                 // a bearer token; empty: none
  std::string token_file;            // read again and again, as tokens rotate
  std::string name_space;            // the pod's own, or the context's; empty where none is said
  std::string proxy{};               // "http://10.0.0.9:3128"; empty: none
  std::optional<ExecConfig> exec{};  // what gives a token, or a certificate in place of that of `tls`

  bool operator==(const ClusterAccess&) const = default;
};

inline constexpr const char* kServiceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";

/// As the pod's service account, by KUBERNETES_SERVICE_HOST and _PORT and the mounted token, CA and namespace. Nothing
/// where we are not in a cluster: one of the two variables is not set.
Result<std::optional<ClusterAccess>> in_cluster_access(const std::string& directory = kServiceAccountDirectory);

/// A bearer token that may rotate. Projected tokens live an hour and rotate at 80% of that.
class BearerToken {
 public:
  using Clock = std::chrono::steady_clock;

  BearerToken(std::string token, std::string file) : token_(std::move(token)), file_(std::move(file)) {}

  /// Reads the file again where the last reading is a minute old; where that fails, the old token stays (and a warning
  /// is logged, once). Empty where there is none.
  const std::string& value(Clock::time_point now);

  /// Reads the file at once: the server refused the token, or the file has changed. Whether it is another token now.
  bool read(Clock::time_point now);

 private:
  std::string token_;
  std::string file_;
  std::optional<Clock::time_point> read_at_;
  bool failing_ = false;
};

/// The token in a file: without the white space around it, and fit for a header. The error names the file, never the
/// token.
Result<std::string> read_token(const std::string& file);

/// Whether `token` may stand in a header: visible ASCII.
bool is_token(const std::string& token);

}  // namespace meshdns
