#include "k8s/api/api_client.h"

#include <spdlog/spdlog.h>

#include <filesystem>
#include <utility>

#include "k8s/api/url.h"

namespace meshdns {
namespace {

constexpr std::chrono::minutes kReread{5};  // of files in directories that send no events

}  // namespace

ApiClient::ApiClient(uv_loop_t* loop, ClusterAccess access)
    : loop_(loop),
      server_(std::move(access.server)),
      proxy_(proxy_address(access.proxy)),
      token_(std::move(access.token), access.token_file),
      tls_(std::move(access.tls)),
      used_tls_(tls_),
      http_(loop, tls_, std::move(access.proxy)) {
  if (access.exec) plugin_.emplace(loop, *std::move(access.exec), [this](const Error* error) { identified(error); });
  for (const std::string& file : {access.token_file, tls_.ca.file, tls_.certificate.file, tls_.key.file}) {
    const std::filesystem::path directory = std::filesystem::path(file).parent_path();
    if (!file.empty()) directories_.insert(directory.empty() ? "." : directory.string());
  }
  if (directories_.empty()) return;
  watch_.emplace(loop, "API server at " + server_, kReread, nullptr, [this] { watch_files(); });
  watch_->watch(directories_);
}

HttpClient::Id ApiClient::ask(ApiRequest request, std::chrono::seconds silence, HttpReceiver& receiver) {
  const HttpClient::Id id = http_.reserve();
  Waiting waiting{std::move(request), silence, &receiver};
  if (!plugin_ || !plugin_->is_due(ExecPlugin::Clock::now())) {
    send(id, std::move(waiting));
  } else {
    waiting_.emplace(id, std::move(waiting));
    plugin_->run();
  }
  return id;
}

void ApiClient::cancel(HttpClient::Id id) {
  waiting_.erase(id);
  http_.cancel(id);
}

void ApiClient::send(HttpClient::Id id, Waiting waiting) {
  HttpRequest request{server_ + waiting.request.path,
                      {"Accept: application/json"},
                      waiting.silence,
                      waiting.request.method,
                      std::move(waiting.request.body)};
  if (!request.body.empty()) request.headers.push_back("Content-Type: " + waiting.request.content_type);
  const std::string& token = plugin_ ? plugin_->credential()->token : token_.value(BearerToken::Clock::now());
  if (!token.empty()) request.headers.push_back("Authorization: Bearer " + token);
  http_.send(std::move(request), *waiting.receiver, id);
}

// ---- the plugin's credential

void ApiClient::identified(const Error* error) {
  if (error == nullptr) {
    use_tls();
    for (auto& [id, request] : std::exchange(waiting_, {})) send(id, std::move(request));
    return;
  }
  const HttpError failure{HttpError::Kind::kIdentity, 0, error->message};
  const HttpClient::Id last = waiting_.empty() ? 0 : waiting_.rbegin()->first;
  while (!waiting_.empty() && waiting_.begin()->first <= last) {  // a receiver may cancel others, and begin new ones
    const Waiting failed = waiting_.extract(waiting_.begin()).mapped();
    failed.receiver->on_done(&failure);
  }
}

// ---- what rotates

bool ApiClient::unauthorized() {
  const bool other_token = token_.read(BearerToken::Clock::now());
  const bool other_certificate = read_tls();
  if (plugin_) plugin_->refuse();
  return other_token || other_certificate || plugin_;
}

void ApiClient::watch_files() {
  watch_->watch(directories_);
  token_.read(BearerToken::Clock::now());
  read_tls();
}

bool ApiClient::read_tls() {
  auto fresh = read_again(tls_);
  // Certificate and key are two files, of which one may be newer for a moment.
  if (!fresh && !tls_failing_) spdlog::warn("{}; going on with the certificates and key read before", fresh.error());
  tls_failing_ = !fresh;
  if (!fresh) return false;
  tls_ = *std::move(fresh);
  return use_tls();
}

bool ApiClient::use_tls() {
  TlsSettings wanted = tls_;
  const ExecCredential* given = plugin_ ? plugin_->credential() : nullptr;
  if (given != nullptr && !given->certificate.empty()) {
    wanted.certificate = given->certificate;
    wanted.key = given->key;
  }
  if (wanted == used_tls_) return false;
  used_tls_ = std::move(wanted);
  spdlog::info("API server at {}: other certificates, connecting anew", server_);
  http_.rotate(used_tls_);
  return true;
}

}  // namespace meshdns
