#include "cmd/ctl/change_report.h"

#include <nlohmann/json.hpp>

#include "cmd/text_value.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

std::string text_of(const ChangeReport& report) {
  std::string text = report.verification + (report.diff.empty() ? report.said : report.diff);
  if (report.diff.empty()) {
    text += (report.places.empty() ? "" : ": " + joined(report.places)) + "\n";
  }
  for (const std::string& note : report.notes) text += "note: " + escape_controls(note) + "\n";
  return text;
}

}  // namespace

Ended printed(const ChangeReport& report, OutputForm form) {
  const nlohmann::ordered_json value{{"said", report.said},
                                     {"places", report.places},
                                     {"diff", report.diff},
                                     {"verification", report.verification},
                                     {"notes", report.notes}};
  return {0, in_form(form, text_of(report), value)};
}

}  // namespace meshdns
