#include "k8s/api/exec_credential.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "k8s/api/credentials.h"
#include "zone/unix_time.h"

namespace meshdns {
namespace {

using nlohmann::json;

/// Empty where there is none, and where it is no text.
std::string text(const json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

Result<ExecCredential> parse_exec_credential(std::string_view text_of_it, const std::string& api_version) {
  const json document = json::parse(text_of_it, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) return Error{"expected an ExecCredential in JSON"};
  if (text(document, "kind") != "ExecCredential" || text(document, "apiVersion") != api_version) {
    return Error{"expected kind ExecCredential and apiVersion " + api_version + ", which the kubeconfig names"};
  }
  const auto status = document.find("status");
  if (status == document.end() || !status->is_object()) return Error{"status is missing"};
  ExecCredential credential;
  credential.token = text(*status, "token");
  credential.certificate.text = text(*status, "clientCertificateData");
  credential.key.text = text(*status, "clientKeyData");
  const bool certified = !credential.certificate.empty();
  if (certified == credential.key.empty()) {
    return Error{"status: expected both of clientCertificateData and clientKeyData, or neither"};
  }
  if (!certified && credential.token.empty()) {
    return Error{"status: expected a token, or clientCertificateData and clientKeyData"};
  }
  if (!credential.token.empty() && !is_token(credential.token)) {
    return Error{"status.token: expected one line of visible ASCII"};
  }
  if (certified) {
    const auto wrong = check_key_pair(credential.certificate, credential.key);
    if (wrong) return Error{"status.clientCertificateData: " + wrong->message};
  }
  const auto expires = status->find("expirationTimestamp");
  if (expires == status->end() || expires->is_null()) return credential;
  const auto seconds = rfc3339_seconds(text(*status, "expirationTimestamp"));
  if (!seconds) return Error{"status.expirationTimestamp: expected a time such as 2026-01-31T12:00:00Z"};
  credential.expires = ExecCredential::Clock::time_point(std::chrono::seconds(*seconds));
  return credential;
}

}  // namespace meshdns
