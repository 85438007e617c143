#include "cmd/ctl/verification_text.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "cmd/ctl/aligned.h"
#include "cmd/text_value.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

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
  const auto field = [&](const char* key) { return step[key].get<std::string>(); };
  return {field("hop"),    field("over"), shortened(field("question")),
          field("answer"), time_of(step), step["ok"].get<bool>() ? "ok" : "failed: " + field("reason")};
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
