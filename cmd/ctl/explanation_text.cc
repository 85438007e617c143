#include "cmd/ctl/explanation_text.h"

#include <map>
#include <nlohmann/json.hpp>

#include "cmd/ctl/labelled_lines.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

using Json = nlohmann::ordered_json;

std::string outcome_text(const std::string& outcome, const std::string& type) {
  static const std::map<std::string, std::string, std::less<>> kTexts = {
      {"answer", "answered (NOERROR)"},
      {"nxdomain", "there is no such name (NXDOMAIN)"},
      {"refused", "not answered (REFUSED)"},
      {"not-ready", "not known yet (SERVFAIL)"},
      {"referral", "a referral to other name servers (NOERROR)"},
      {"redirect", "an alias of another name (NOERROR)"},
  };
  if (outcome == "nodata") return "the name is there, and has no " + type + " (NOERROR, empty)";
  const auto text = kTexts.find(outcome);
  return text == kTexts.end() ? outcome : text->second;
}

std::string object_of(const Json& part) {
  return part.at("source").get<std::string>() + "/" + part.at("object").get<std::string>();
}

std::string describe(const Json& claimant) {
  const auto created = claimant.at("created").get<std::string>();
  return object_of(claimant) + (created.empty() ? "" : ", created " + created) + ", with " +
         joined(claimant.at("addresses"), &Json::get<std::string>) + " of " + claimant.at("origin").get<std::string>() +
         ": " + claimant.at("why").get<std::string>();
}

std::string text_of(const Json& explanation) {
  const auto field = [&](const char* key) { return explanation.at(key).get<std::string>(); };
  LabelledLines lines;
  lines.add("Name", field("name"));
  lines.add("Type", field("type"));
  lines.add("Outcome", outcome_text(field("outcome"), field("type")));
  for (const Json& record : explanation.at("records")) lines.add("Records", record.get<std::string>());
  if (field("owner").starts_with("*.")) lines.add("Wildcard", field("owner"));
  for (const Json& claimant : explanation.at("claimants")) {
    lines.add(claimant.at("wins").get<bool>() ? "From" : "Lost", describe(claimant));
  }
  for (const Json& part : explanation.at("skipped")) {
    lines.add("Skipped", object_of(part) + ", " + part.at("what").get<std::string>() + ": " +
                             part.at("reason").get<std::string>() + ", " + part.at("detail").get<std::string>());
  }
  lines.add("Note", field("note"));
  lines.add("Zone", field("zone"));
  lines.add("Encloser", field("closestEncloser"));
  return lines.text();
}

}  // namespace

Result<std::string> explanation_text(const Json& explanation) {
  try {
    return text_of(explanation);
  } catch (const Json::exception&) {
    return Error{"found JSON that is no explanation, expected the answer of a meshdns"};
  }
}

}  // namespace meshdns
