#include "cmd/ctl/gateway_probe.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <span>

#include "k8s/mesh/destination.h"
#include "zone/address.h"

namespace meshdns {
namespace {

constexpr size_t kAtOnce = 64;     // more would look like a scan, and gateways are few
constexpr long kPatience = 3'000;  // ms: a round trip round the world takes a tenth, a lost SYN is sent again after 1 s
constexpr int kLongestSleep = 1'000;  // ms

struct Probe {
  const GatewayAddress* gateway;
  std::array<char, CURL_ERROR_SIZE> error{};
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle{curl_easy_init(), curl_easy_cleanup};
};

/// Where to connect to; empty where the host is none.
std::string url_of(const GatewayAddress& gateway) {
  const auto& [host, port] = gateway;
  const auto address = IpAddress::parse(host);
  const std::string end = ":" + std::to_string(port);
  if (address) return "http://" + (address->is_v4() ? host : "[" + host + "]") + end;
  return parse_destination(host) ? "http://" + host + end : "";
}

std::string reason_of(const Probe& probe, CURLcode code) {
  long number = 0;
  curl_easy_getinfo(probe.handle.get(), CURLINFO_OS_ERRNO, &number);
  if (code == CURLE_OPERATION_TIMEDOUT) return "no connection within 3 s";
  if (code == CURLE_COULDNT_CONNECT && number != 0) return std::strerror(static_cast<int>(number));
  return probe.error.front() == '\0' ? curl_easy_strerror(code) : probe.error.data();
}

void begin(Probe& probe, const std::string& url, CURLM* all) {
  CURL* handle = probe.handle.get();
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, kPatience);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, probe.error.data());
  curl_easy_setopt(handle, CURLOPT_PRIVATE, &probe);
  curl_multi_add_handle(all, handle);
}

/// Runs what was begun to its end.
void run(CURLM* all, Unreachable& unreachable) {
  for (int running = 1; running != 0;) {
    curl_multi_perform(all, &running);
    if (running != 0) curl_multi_poll(all, nullptr, 0, kLongestSleep, nullptr);
  }
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(all, &left)) {
    Probe* probe = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &probe);
    if (message->data.result != CURLE_OK) unreachable[*probe->gateway] = reason_of(*probe, message->data.result);
  }
}

void probe_some(std::span<const GatewayAddress> gateways, Unreachable& unreachable) {
  const std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> all(curl_multi_init(), curl_multi_cleanup);
  std::vector<std::unique_ptr<Probe>> probes;
  for (const GatewayAddress& gateway : gateways) {
    const std::string url = url_of(gateway);
    if (url.empty()) {
      unreachable[gateway] = "neither an IP address nor a host name";
      continue;
    }
    probes.push_back(std::make_unique<Probe>(Probe{&gateway}));
    begin(*probes.back(), url, all.get());
  }
  run(all.get(), unreachable);
  for (const auto& probe : probes) curl_multi_remove_handle(all.get(), probe->handle.get());
}

}  // namespace

Unreachable probe_gateways(const std::vector<GatewayAddress>& gateways) {
  Unreachable unreachable;
  for (size_t at = 0; at < gateways.size(); at += kAtOnce) {
    probe_some(std::span(gateways).subspan(at, std::min(kAtOnce, gateways.size() - at)), unreachable);
  }
  return unreachable;
}

}  // namespace meshdns
