#include "k8s/mesh/route_match.h"

#include <array>
#include <utility>

#include "k8s/istio/service_entry.h"
#include "k8s/mesh/shell_word.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

using Uri = VirtualService::Match::Uri;

constexpr std::array kUris = {std::pair("prefix=", Uri::kPrefix), std::pair("exact=", Uri::kExact),
                              std::pair("regex=", Uri::kRegex)};
constexpr std::string_view kName = "name=";
constexpr size_t kLongest = 1024;  // bytes: Istio's bound of a regular expression

std::string uri_text(Uri uri, const std::string& value) {
  for (const auto& [word, kind] : kUris) {
    if (kind == uri) return word + value;
  }
  return "";
}

}  // namespace

std::string RouteMatch::text() const {
  if (!name.empty()) return std::string(kName) + name;
  return is_any() ? "every request" : uri_text(uri, value);
}

std::string RouteMatch::flag() const { return is_any() ? "" : " --match " + shell_word(text()); }

Result<RouteMatch> parse_route_match(std::string_view text) {
  if (text.empty()) return RouteMatch{};
  const Error error{"found \"" + shown(text.substr(0, kLongest)) +
                    "\", expected prefix=/PATH, exact=/PATH, regex=EXPRESSION or name=ROUTE"};
  if (text.size() > kLongest) return error;
  if (text.starts_with(kName) && text.size() > kName.size()) {
    return RouteMatch{Uri::kAny, "", std::string(text.substr(kName.size()))};
  }
  for (const auto& [word, uri] : kUris) {
    if (!text.starts_with(word)) continue;
    const std::string value(text.substr(std::string_view(word).size()));
    const bool is_path = uri == Uri::kRegex ? !value.empty() : value.starts_with('/');
    return is_path ? Result<RouteMatch>(RouteMatch{uri, value, ""}) : error;
  }
  return error;
}

std::string text(const VirtualService::Match& match) {
  std::vector<std::string> parts;
  if (match.uri != Uri::kAny) parts.push_back(shown(uri_text(match.uri, match.value)));
  if (match.port) parts.push_back("port=" + std::to_string(*match.port));
  for (const std::string& field : match.also) parts.push_back(shown(field));
  return parts.empty() ? "every request" : joined(parts, {}, " and ");
}

std::string conditions(const VirtualService::HttpRoute& route) {
  std::vector<std::string> texts;
  for (const auto& match : route.matches) texts.push_back(text(match));
  return texts.empty() ? "every request" : joined(texts, {}, " or ");
}

std::string destinations(const VirtualService::HttpRoute& route) {
  std::vector<std::string> texts;
  for (const auto& to : route.to) {
    texts.push_back(shown(to.destination.text()) + (to.weight ? "=" + std::to_string(*to.weight) : ""));
  }
  return joined(texts);
}

}  // namespace meshdns
