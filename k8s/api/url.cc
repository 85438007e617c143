#include "k8s/api/url.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

namespace meshdns {
namespace {

struct Cleanup {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(char* text) const { curl_free(text); }
};
using Url = std::unique_ptr<CURLU, Cleanup>;

// Without a scheme libcurl would guess one, so that is not allowed. Nor is what is not visible ASCII (RFC 3986): it would be logged.
Url parse(const std::string& text, unsigned flags = 0) {
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; })) return nullptr;
  Url url(curl_url());
  return curl_url_set(url.get(), CURLUPART_URL, text.c_str(), flags) == CURLUE_OK ? std::move(url) : nullptr;
}

std::string part(const Url& url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url.get(), which, &text, flags) != CURLUE_OK) return "";
  return std::unique_ptr<char, Cleanup>(text).get();
}

}  // namespace

std::optional<Error> check_server_url(const std::string& url) {
  const Url parsed = parse(url);
  const std::string scheme = parsed ? part(parsed, CURLUPART_SCHEME) : "";
  if (scheme != "https" && scheme != "http") return Error{"expected a URL such as https://10.0.0.1:6443"};
  for (const CURLUPart unwanted : {CURLUPART_USER, CURLUPART_PASSWORD}) {
    if (!part(parsed, unwanted).empty())
      return Error{"a user in the URL is not supported: use a token or a certificate"};
  }
  for (const CURLUPart unwanted : {CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    if (!part(parsed, unwanted).empty()) return Error{"expected a URL without a query and a fragment"};
  }
  return std::nullopt;
}

std::optional<Error> check_proxy_url(const std::string& url) {
  const Url parsed = parse(url, CURLU_NON_SUPPORT_SCHEME);
  const std::string scheme = parsed ? part(parsed, CURLUPART_SCHEME) : "";
  if (scheme == "http" || scheme == "https" || scheme == "socks5") return std::nullopt;
  return Error{"expected a URL of http, https or socks5, such as http://10.0.0.1:3128"};
}

std::string proxy_address(const std::string& url) {
  const Url parsed = parse(url, CURLU_NON_SUPPORT_SCHEME);
  if (!parsed) return "";
  const std::string port = part(parsed, CURLUPART_PORT);
  return part(parsed, CURLUPART_HOST) + (port.empty() ? "" : ":" + port);
}

Result<WebUrl> parse_web_url(const std::string& url) {
  const Url parsed = parse(url);
  WebUrl web;
  web.scheme = parsed ? part(parsed, CURLUPART_SCHEME) : "";
  if (web.scheme != "https" && web.scheme != "http")
    return Error{"expected a URL such as http://a.bar.global:8000/headers"};
  for (const CURLUPart unwanted : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_FRAGMENT}) {
    if (!part(parsed, unwanted).empty()) return Error{"expected a URL without a user and a fragment"};
  }
  web.host = part(parsed, CURLUPART_HOST);
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  std::transform(web.host.begin(), web.host.end(), web.host.begin(), lower);
  web.port = static_cast<uint16_t>(std::stoul(part(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT)));
  if (web.port == 0) return Error{"expected a port from 1 to 65535"};
  web.default_port = part(parsed, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT).empty();
  web.path = part(parsed, CURLUPART_PATH);
  web.query = part(parsed, CURLUPART_QUERY);
  return web;
}

std::string url_escape(std::string_view text) {
  if (text.empty()) return "";  // to libcurl a length of 0 means: find the end yourself
  const std::unique_ptr<char, Cleanup> escaped(curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size())));
  return escaped ? escaped.get() : "";
}

std::optional<RenamedUrl> with_host(const std::string& url, const std::string& host) {
  const Url parsed = parse(url);
  if (!parsed) return std::nullopt;
  RenamedUrl renamed;
  renamed.authority = part(parsed, CURLUPART_HOST) + ":" + part(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (curl_url_set(parsed.get(), CURLUPART_HOST, host.c_str(), 0) != CURLUE_OK) return std::nullopt;
  renamed.url = part(parsed, CURLUPART_URL);
  return renamed;
}

}  // namespace meshdns
