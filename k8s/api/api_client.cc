#include "k8s/api/api_client.h"

#include <spdlog/spdlog.h>

#include <filesystem>
#include <utility>

namespace meshdns {
namespace {

constexpr std::chrono::minutes kReread{5};  // of files in directories that send no events

}  // namespace

ApiClient::ApiClient(uv_loop_t* loop, ClusterAccess access)
    : loop_(loop),
      server_(std::move(access.server)),
      token_(std::move(access.token), access.token_file),
      tls_(std::move(access.tls)),
      http_(loop, tls_, std::move(access.proxy)) {
  for (const std::string& file : {access.token_file, tls_.ca.file, tls_.certificate.file, tls_.key.file}) {
    const std::filesystem::path directory = std::filesystem::path(file).parent_path();
    if (!file.empty()) directories_.insert(directory.empty() ? "." : directory.string());
  }
  if (directories_.empty()) return;
  watch_.emplace(loop, "API server at " + server_, kReread, nullptr, [this] { watch_files(); });
  watch_->watch(directories_);
}

HttpClient::Id ApiClient::get(const std::string& path, std::chrono::seconds silence, HttpReceiver& receiver) {
  HttpRequest request{server_ + path, {"Accept: application/json"}, silence};
  const std::string& token = token_.value(BearerToken::Clock::now());
  if (!token.empty()) request.headers.push_back("Authorization: Bearer " + token);
  return http_.get(std::move(request), receiver);
}

void ApiClient::watch_files() {
  watch_->watch(directories_);
  refused();
}

bool ApiClient::refused() {
  const bool other_token = token_.read(BearerToken::Clock::now());
  return read_tls() || other_token;
}

bool ApiClient::read_tls() {
  auto fresh = read_again(tls_);
  // Certificate and key are two files, of which one may be newer for a moment.
  if (!fresh && !tls_failing_) spdlog::warn("{}; going on with the certificates and key read before", fresh.error());
  tls_failing_ = !fresh;
  if (!fresh || *fresh == tls_) return false;
  tls_ = *std::move(fresh);
  spdlog::info("API server at {}: other certificates, connecting anew", server_);
  http_.rotate(tls_);
  return true;
}

}  // namespace meshdns
