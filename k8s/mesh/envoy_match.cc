#include "k8s/mesh/envoy_match.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "k8s/api/json_fields.h"
#include "k8s/mesh/regular_expression.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

Fit fit(bool yes) { return yes ? Fit::kYes : Fit::kNo; }

/// All of them: one that does not fit decides, whatever else is not known.
Fit both(Fit a, Fit b) {
  if (a == Fit::kNo || b == Fit::kNo) return Fit::kNo;
  return a == Fit::kYes ? b : a;
}

bool is_true(const Json& value) { return value.is_boolean() && value.get<bool>(); }

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return text;
}

Fit fits_regex(const Json& matcher, const std::string& text) {
  const auto expression = RegularExpression::parse(text_member(matcher, "regex"));
  return expression ? fit(expression->matches_whole(text)) : Fit::kUnknown;
}

/// StringMatcher.
Fit fits_string(const Json& matcher, const std::string& text) {
  if (matcher.contains("safe_regex")) return fits_regex(matcher["safe_regex"], text);
  const bool ignore_case = is_true(member(matcher, "ignore_case"));
  const std::string found = ignore_case ? lower(text) : text;
  const auto wanted = [&](const char* key) {
    return ignore_case ? lower(text_member(matcher, key)) : text_member(matcher, key);
  };
  if (matcher.contains("exact")) return fit(found == wanted("exact"));
  if (matcher.contains("prefix")) return fit(found.starts_with(wanted("prefix")));
  if (matcher.contains("suffix")) return fit(found.ends_with(wanted("suffix")));
  if (matcher.contains("contains")) return fit(found.find(wanted("contains")) != std::string::npos);
  return Fit::kUnknown;
}

/// HeaderMatcher's or QueryParameterMatcher's condition on a value; nothing: there is none.
Fit fits_value(const Json& matcher, const std::optional<std::string>& value) {
  if (matcher.contains("string_match")) {
    if (value) return fits_string(matcher["string_match"], *value);
    return is_true(member(matcher, "treat_missing_header_as_empty")) ? fits_string(matcher["string_match"], "")
                                                                     : Fit::kNo;
  }
  if (matcher.contains("present_match")) return fit(is_true(matcher["present_match"]) == value.has_value());
  const bool other_kind = std::ranges::any_of(
      matcher.items(), [](const auto& item) { return item.key().ends_with("_match") && item.key() != "invert_match"; });
  return other_kind ? Fit::kUnknown : fit(value.has_value());
}

Fit fits_header(const Json& matcher, const WebUrl& url) {
  const std::string name = lower(text_member(matcher, "name"));
  const std::array<std::pair<std::string_view, std::string>, 6> sent = {{{":method", "GET"},
                                                                         {":scheme", url.scheme},
                                                                         {":authority", url.authority()},
                                                                         {":path", url.target()},
                                                                         {"accept", "*/*"},
                                                                         {"user-agent", "meshdns"}}};
  const auto found = std::ranges::find(sent, name, [](const auto& header) { return header.first; });
  const Fit result = fits_value(matcher, found == sent.end() ? std::nullopt : std::optional(found->second));
  if (!is_true(member(matcher, "invert_match")) || result == Fit::kUnknown) return result;
  return fit(result == Fit::kNo);
}

/// The first value of that parameter, as it stands in the query.
std::optional<std::string> parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    if (pair.substr(0, pair.find('=')) == name) return std::string(pair.substr(std::min(name.size() + 1, pair.size())));
  }
  return std::nullopt;
}

Fit fits_path(const std::string& key, const Json& wanted, const std::string& path, bool case_sensitive) {
  if (key == "safe_regex") return fits_regex(wanted, path);
  if (!wanted.is_string()) return Fit::kUnknown;
  const auto spelled = [&](std::string text) { return case_sensitive ? text : lower(std::move(text)); };
  const std::string text = spelled(wanted.get<std::string>());
  const std::string found = spelled(path);
  if (key == "path") return fit(found == text);
  return fit(found.starts_with(text) && (key == "prefix" || found.size() == text.size() || found[text.size()] == '/'));
}

template <class FitsOne>
Fit fit_all(const Json& matchers, const FitsOne& fits_one) {
  Fit all = Fit::kYes;
  for (const Json& matcher : matchers) all = both(all, matcher.is_object() ? fits_one(matcher) : Fit::kUnknown);
  return all;
}

Fit fits_condition(const std::string& key, const Json& wanted, const WebUrl& url, bool case_sensitive) {
  static constexpr std::array<std::string_view, 4> kPaths = {"prefix", "path", "path_separated_prefix", "safe_regex"};
  if (std::ranges::count(kPaths, key) > 0) return fits_path(key, wanted, url.path, case_sensitive);
  if (key == "headers") return fit_all(wanted, [&](const Json& matcher) { return fits_header(matcher, url); });
  if (key == "query_parameters") {
    return fit_all(wanted, [&](const Json& matcher) {
      return fits_value(matcher, parameter(url.query, text_member(matcher, "name")));
    });
  }
  if (key == "case_sensitive") return Fit::kYes;
  if (key == "grpc" || key == "connect_matcher") return Fit::kNo;
  return Fit::kUnknown;
}

}  // namespace

Fit fits_route(const Json& match, const WebUrl& url) {
  if (!match.is_object()) return Fit::kUnknown;
  const Json& case_sensitive = member(match, "case_sensitive");
  const bool as_written = !case_sensitive.is_boolean() || case_sensitive.get<bool>();
  Fit all = Fit::kYes;
  for (const auto& [key, wanted] : match.items()) all = both(all, fits_condition(key, wanted, url, as_written));
  return all;
}

}  // namespace meshdns
