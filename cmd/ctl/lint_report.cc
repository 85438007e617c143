#include "cmd/ctl/lint_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "cmd/text_value.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

std::string line_of(const Finding& finding) {
  const std::string field = finding.field.empty() ? "" : finding.field + ": ";
  return escape_controls(finding.object.place + ": " + std::string(text(finding.severity)) + ": " +
                         finding.object.object() + ": " + field + finding.message + " [" + std::string(finding.rule) +
                         "]") +
         "\n";
}

Json json_of(const Finding& finding) {
  return {{"rule", finding.rule},
          {"severity", text(finding.severity)},
          {"place", finding.object.place},
          {"kind", finding.object.kind},
          {"namespace", finding.object.name_space},
          {"name", finding.object.name},
          {"field", finding.field},
          {"message", finding.message}};
}

std::string counted(size_t number, const std::string& what) {
  return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

}  // namespace

size_t LintReport::count(Severity severity) const {
  return static_cast<size_t>(std::ranges::count(findings, severity, &Finding::severity));
}

std::string LintReport::text(OutputForm form) const {
  const size_t errors = count(Severity::kError);
  const size_t warnings = count(Severity::kWarning);
  std::string lines;
  Json value{{"findings", Json::array()}, {"objects", objects}, {"errors", errors}, {"warnings", warnings}};
  for (const Finding& finding : findings) {
    lines += line_of(finding);
    value["findings"].push_back(json_of(finding));
  }
  lines += counted(objects, "object") + ": " + counted(errors, "error") + ", " + counted(warnings, "warning") + "\n";
  return in_form(form, lines, value);
}

}  // namespace meshdns
