#include "k8s/api/api_client.h"

#include <utility>

namespace meshdns {

ApiClient::ApiClient(uv_loop_t* loop, ClusterAccess access)
    : loop_(loop),
      server_(std::move(access.server)),
      token_(std::move(access.token), std::move(access.token_file)),
      http_(loop, std::move(access.tls)) {}

HttpClient::Id ApiClient::get(const std::string& path, std::chrono::seconds silence, HttpReceiver& receiver) {
  HttpRequest request{server_ + path, {"Accept: application/json"}, silence};
  const std::string& token = token_.value(BearerToken::Clock::now());
  if (!token.empty()) request.headers.push_back("Authorization: Bearer " + token);
  return http_.get(std::move(request), receiver);
}

}  // namespace meshdns
