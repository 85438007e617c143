#include "k8s/mesh/regular_expression.h"

#include <re2/re2.h>

#include <array>

#include "k8s/api/api_objects.h"

namespace meshdns {
namespace {

constexpr int64_t kMostMemory = 4 << 20;  // beyond it a match takes longer, and is given up in the end

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Result<RegularExpression> RegularExpression::parse(std::string_view expression) {
  if (expression.empty() || expression.size() > kLongest) {
    return Error{"found " + std::to_string(expression.size()) + " octets, expected a regular expression of 1 to " +
                 std::to_string(kLongest)};
  }
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(kMostMemory);
  RegularExpression parsed;
  parsed.compiled_ = std::make_shared<const RE2>(piece(expression), options);
  if (parsed.compiled_->ok()) return parsed;
  return Error{"found \"" + printable(expression) +
               "\", expected a regular expression of RE2: " + printable(parsed.compiled_->error())};
}

bool RegularExpression::matches_whole(std::string_view text) const { return RE2::FullMatch(piece(text), *compiled_); }

std::optional<std::string> RegularExpression::find(std::string_view text) const {
  std::array<re2::StringPiece, 2> groups;  // the whole, and the first group
  const int count = compiled_->NumberOfCapturingGroups() > 0 ? 2 : 1;
  if (!compiled_->Match(piece(text), 0, text.size(), RE2::UNANCHORED, groups.data(), count)) return std::nullopt;
  const re2::StringPiece& found = groups.at(static_cast<size_t>(count - 1));
  if (found.empty()) return std::nullopt;
  return std::string(found.data(), found.size());
}

std::string regular_expression_of(std::string_view text) { return RE2::QuoteMeta(piece(text)); }

}  // namespace meshdns
