#pragma once

// Exec plugins: programs that a kubeconfig names, which print a credential. What is asked of one, and what it answers.
// Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins,
// https://kubernetes.io/docs/reference/config-api/client-authentication.v1/

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/api/tls.h"
#include "zone/result.h"

namespace meshdns {

/// What a kubeconfig's user says of a plugin.
struct ExecConfig {
  std::string api_version;               // "client.authentication.k8s.io/v1", or /v1beta1
  std::string command;                   // a path, or a name to be found in $PATH
  std::vector<std::string> arguments;    // without the command
  std::vector<std::string> environment;  // "NAME=value", beside our own: KUBERNETES_EXEC_INFO too
  std::string install_hint;              // for people, where it fails

  bool operator==(const ExecConfig&) const = default;
};

/// What a plugin gives: a token, a client certificate with its key, or both.
struct ExecCredential {
  using Clock = std::chrono::system_clock;

  std::string token;
  Pem certificate, key;
  std::optional<Clock::time_point> expires;  // nothing: when it is refused
};

/// An ExecCredential of that version, in JSON. The error says which field is wrong, and shows nothing of it.
Result<ExecCredential> parse_exec_credential(std::string_view json, const std::string& api_version);

}  // namespace meshdns
