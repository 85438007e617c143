#pragma once

// URLs, by libcurl's parser: those of API servers and proxies, and of what is asked over HTTP.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "zone/result.h"

namespace meshdns {

/// What is wrong with an API server's URL, or nothing: http or https, a host, no user, no query, no fragment.
std::optional<Error> check_server_url(const std::string& url);

/// The same for a proxy's: http, https or socks5, a host, perhaps a user.
std::optional<Error> check_proxy_url(const std::string& url);

/// The host, and the port that is named, of a URL that check_proxy_url() takes: without the user. Empty where `url` is.
std::string proxy_address(const std::string& url);

/// A URL that can be asked for.
struct WebUrl {
  std::string scheme;  // http or https
  std::string host;    // lower case; an IPv6 address in brackets
  uint16_t port = 0;
  std::string path;  // begins with /
  std::string query;
  bool default_port = false;  // of the scheme: a Host header leaves it out

  /// As in a Host header.
  std::string authority() const { return default_port ? host : host + ":" + std::to_string(port); }
  std::string target() const { return query.empty() ? path : path + "?" + query; }
};

/// The error: what was expected. No user, and no fragment.
Result<WebUrl> parse_web_url(const std::string& url);

/// Percent-encoded for a query's value.
std::string url_escape(std::string_view text);

struct RenamedUrl {
  std::string url;        // with the other host
  std::string authority;  // host:port of the original, an IPv6 address in brackets
};

/// A URL with another host; nothing where `url` is none, or `host` is no host.
std::optional<RenamedUrl> with_host(const std::string& url, const std::string& host);

}  // namespace meshdns
