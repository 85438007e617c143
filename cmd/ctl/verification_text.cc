#include "cmd/ctl/verification_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "cmd/text_value.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kColumns = 6;
using Row = std::array<std::string, kColumns>;

/// Random labels are of no use to a reader.
std::string shortened(const std::string& question) {
  return question.starts_with("meshdnsctl-")
             ? "(a new name)" + question.substr(std::min(question.find('.'), question.size()))
             : question;
}

std::string time_of(const Json& step) {
  const auto tenths = static_cast<int64_t>(std::llround(step["milliseconds"].get<double>() * 10));
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " ms";
}

Row row_of(const Json& step) {
  const auto field = [&](const char* key) { return escape_controls(step[key].get<std::string>()); };
  return {field("hop"),    field("over"), shortened(field("question")),
          field("answer"), time_of(step), step["ok"].get<bool>() ? "ok" : "failed: " + field("reason")};
}

std::string aligned(const std::vector<Row>& rows) {
  std::array<size_t, kColumns> widths{};
  for (const Row& row : rows) {
    for (size_t i = 0; i < kColumns; ++i) widths.at(i) = std::max(widths.at(i), row.at(i).size());
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (size_t i = 0; i < kColumns; ++i) {
      line += row.at(i);
      if (i + 1 < kColumns) line.append(widths.at(i) - row.at(i).size() + 2, ' ');
    }
    text += line + "\n";
  }
  return text;
}

}  // namespace

std::string verdict_line(const Json& report) {
  return (report["passed"].get<bool>() ? "passed: " : "failed: ") +
         escape_controls(report["verdict"].get<std::string>());
}

std::string verification_text(const Json& report) {
  std::vector<Row> rows = {{"HOP", "OVER", "QUESTION", "ANSWER", "TIME", "STATE"}};
  for (const Json& step : report["steps"]) rows.push_back(row_of(step));
  std::string text = aligned(rows);
  if (const auto left_out = report["leftOut"].get<unsigned>(); left_out > 0) {
    text += "and " + std::to_string(left_out) + " steps more, for which the Pod's report has no room\n";
  }
  for (const Json& warning : report["warnings"]) text += "note: " + escape_controls(warning.get<std::string>()) + "\n";
  return text + verdict_line(report) + "\n";
}

}  // namespace meshdns
