#include "cmd/ctl/stub_report.h"

#include <nlohmann/json.hpp>

#include "cmd/text_value.h"

namespace meshdns {
namespace {

std::string text_of(const StubReport& report) {
  std::string text = report.verification + (report.diff.empty() ? report.said : report.diff);
  if (report.diff.empty()) {
    for (size_t i = 0; i < report.places.size(); ++i) text += (i == 0 ? ": " : ", ") + report.places[i];
    text += "\n";
  }
  for (const std::string& note : report.notes) text += "note: " + escape_controls(note) + "\n";
  return text;
}

}  // namespace

Ended printed(const StubReport& report, OutputForm form) {
  if (form == OutputForm::kText) return {0, text_of(report)};
  const nlohmann::ordered_json value{{"said", report.said},
                                     {"places", report.places},
                                     {"diff", report.diff},
                                     {"verification", report.verification},
                                     {"notes", report.notes}};
  return {0, form == OutputForm::kJson ? json_text(value) : yaml_text(value)};
}

}  // namespace meshdns
