#include "k8s/mesh/locality.h"

#include <algorithm>
#include <cctype>

#include "k8s/api/api_objects.h"

namespace meshdns {
namespace {

constexpr size_t kMostParts = 3;
constexpr size_t kLongestLabel = 63;  // of a label's value

bool is_letter_or_digit(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

bool is_label(std::string_view text) {
  const auto may_be_in = [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.'; };
  return !text.empty() && text.size() <= kLongestLabel && std::ranges::all_of(text, may_be_in) &&
         is_letter_or_digit(text.front()) && is_letter_or_digit(text.back());
}

}  // namespace

Result<std::string> parse_locality(std::string_view text) {
  size_t parts = 0;
  bool is_right = true;
  for (size_t start = 0; start != std::string_view::npos;) {
    const size_t slash = text.find('/', start);
    is_right = is_right && is_label(text.substr(start, slash - start)) && ++parts <= kMostParts;
    start = slash == std::string_view::npos ? slash : slash + 1;
  }
  if (is_right) return std::string(text);
  return Error{"found \"" + printable(text) +
               "\", expected REGION, REGION/ZONE or REGION/ZONE/SUBZONE, as nodes' labels have it"};
}

std::string_view region_of(std::string_view locality) { return locality.substr(0, locality.find('/')); }

bool is_in_locality(std::string_view locality, std::string_view wider) {
  return locality.starts_with(wider) && (locality.size() == wider.size() || locality[wider.size()] == '/');
}

}  // namespace meshdns
