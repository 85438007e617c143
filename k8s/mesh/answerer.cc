#include "k8s/mesh/answerer.h"

#include <algorithm>

#include "k8s/api/api_objects.h"

namespace meshdns {
namespace {

constexpr std::string_view kHeader = "header:";
constexpr std::string_view kBody = "body:";

bool is_letter_or_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// A token of RFC 9110 §5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  const auto fits = [&](char c) { return is_letter_or_digit(c) || kMarks.find(c) != std::string_view::npos; };
  return !text.empty() && std::ranges::all_of(text, fits);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

}  // namespace

Result<Answerer> Answerer::parse(std::string_view text) {
  Answerer answerer;
  if (text.starts_with(kBody)) {
    auto expression = RegularExpression::parse(text.substr(kBody.size()));
    if (!expression) return Error{expression.error()};
    answerer.expression_ = *std::move(expression);
    return answerer;
  }
  if (!text.starts_with(kHeader) || !is_token(text.substr(kHeader.size()))) {
    return Error{"found \"" + printable(text) + "\", expected header:NAME or body:REGEX, such as header:x-served-by"};
  }
  answerer.header_ = text.substr(kHeader.size());
  std::ranges::transform(answerer.header_, answerer.header_.begin(), lower);
  return answerer;
}

std::optional<std::string> Answerer::said(std::string_view header, std::string_view body) const {
  auto value = expression_ ? expression_->find(body.substr(0, kLookedAt)) : std::optional(std::string(header));
  if (!value || value->empty() || value->size() > kLongest) return std::nullopt;
  return value;
}

}  // namespace meshdns
