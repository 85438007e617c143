#include "k8s/stub/verification_report.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "k8s/api/api_objects.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

Json step_json(const Step& step) {
  constexpr double kMicrosecond = 1000;
  return {{"hop", step.hop.text()},
          {"over", text(step.transport)},
          {"question", step.question},
          {"answer", step.answer},
          {"milliseconds", std::round(static_cast<double>(step.took.count()) / kMicrosecond * 10) / 10},
          {"ok", step.fault == Fault::kNone},
          {"reason", step.reason}};
}

std::string compact(const Json& report) { return report.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// The fields that are printed, of the types that they are printed as.
Json checked(const Json& found) {
  Json report;
  for (const char* key : {"passed", "serverFails"}) report[key] = found.at(key).get<bool>();
  for (const char* key : {"cause", "hop", "verdict", "zone", "name"}) report[key] = found.at(key).get<std::string>();
  report["warnings"] = found.at("warnings").get<std::vector<std::string>>();
  report["steps"] = Json::array();
  for (const Json& step : found.at("steps")) {
    Json each;
    for (const char* key : {"hop", "over", "question", "answer"}) each[key] = step.at(key).get<std::string>();
    each["milliseconds"] = step.at("milliseconds").get<double>();
    each["ok"] = step.at("ok").get<bool>();
    each["reason"] = step.at("reason").get<std::string>();
    report["steps"].push_back(std::move(each));
  }
  report["leftOut"] = found.at("leftOut").get<unsigned>();
  return report;
}

}  // namespace

Json verification_report(const VerificationPlan& plan, const Verification& verification) {
  const Verdict verdict = verdict_of(plan, verification);
  Json report{{"passed", verdict.passed},
              {"cause", verdict.cause},
              {"hop", verdict.hop},
              {"serverFails", verification.server_fails()},
              {"verdict", verdict.sentence},
              {"zone", plan.zone.text()},
              {"name", verification.known ? verification.known->text() : ""},
              {"warnings", Json::array()},
              {"steps", Json::array()},
              {"leftOut", 0}};
  if (!verification.known && !verification.server_fails()) {
    report["warnings"].push_back(
        "no name in " + plan.zone.text() +
        " is known to have an address, so A and AAAA of none were asked for; --name NAME gives one");
  }
  for (const Step& step : verification.steps) report["steps"].push_back(step_json(step));
  return report;
}

std::string termination_message(Json report) {
  std::string text = compact(report);
  while (text.size() > kTerminationMessage && !report["steps"].empty()) {
    Json& steps = report["steps"];
    auto last_ok = std::find_if(steps.rbegin(), steps.rend(), [](const Json& step) { return step["ok"].get<bool>(); });
    steps.erase(last_ok == steps.rend() ? steps.end() - 1 : std::prev(last_ok.base()));
    report["leftOut"] = report["leftOut"].get<unsigned>() + 1;
    text = compact(report);
  }
  if (text.size() > kTerminationMessage) report["warnings"] = Json::array();
  return compact(report);
}

Result<Json> parse_verification_report(std::string_view text) {
  try {
    return checked(Json::parse(text));
  } catch (const Json::exception&) {
    return Error{"found '" + printable(text) + "', expected the report of a verification"};
  }
}

}  // namespace meshdns
