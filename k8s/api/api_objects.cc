#include "k8s/api/api_objects.h"

#include <simdjson.h>

#include <algorithm>

namespace meshdns {
namespace {

constexpr size_t kPrintable = 300;

namespace ondemand = simdjson::ondemand;

std::string text(ondemand::object& object, const char* field) {
  std::string_view value;
  return object[field].get_string().get(value) == simdjson::SUCCESS ? std::string(value) : "";
}

void read_details(ondemand::object details, ApiStatus& status) {
  int64_t seconds = 0;
  if (details["retryAfterSeconds"].get_int64().get(seconds) == simdjson::SUCCESS) {
    status.retry_after = std::chrono::seconds(seconds);
  }
  ondemand::array causes;
  if (details["causes"].get_array().get(causes) != simdjson::SUCCESS) return;
  for (auto element : causes) {
    ondemand::object cause;
    if (element.get_object().get(cause) != simdjson::SUCCESS) return;
    if (text(cause, "reason") == "ResourceVersionTooLarge") status.version_too_large = true;
  }
}

}  // namespace

bool ApiStatus::is_expired() const {
  return code == 410 || reason == "Expired" || reason == "Gone" || version_too_large;
}

ApiStatus parse_status(std::string_view json) {
  const simdjson::padded_string padded(json);
  ApiStatus status;
  ondemand::parser parser;
  ondemand::document document;
  ondemand::object object;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS) {
    status.message = printable(json.substr(0, json.find('\n')));
    return status;
  }
  int64_t code = 0;
  if (object["code"].get_int64().get(code) == simdjson::SUCCESS && code >= 100 && code <= 599) {
    status.code = static_cast<int>(code);
  }
  status.reason = printable(text(object, "reason"));
  status.message = printable(text(object, "message"));
  ondemand::object details;
  if (object["details"].get_object().get(details) == simdjson::SUCCESS) read_details(details, status);
  return status;
}

std::optional<std::vector<std::string>> parse_group_versions(std::string_view json) {
  const simdjson::padded_string padded(json);
  ondemand::parser parser;
  ondemand::document document;
  ondemand::array versions;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS) return std::nullopt;
  if (document["versions"].get_array().get(versions) != simdjson::SUCCESS) return std::nullopt;
  std::vector<std::string> served;
  for (auto element : versions) {
    std::string_view version;
    if (element["version"].get_string().get(version) != simdjson::SUCCESS) return std::nullopt;
    served.emplace_back(version);
  }
  return served;
}

std::string printable(std::string_view text) {
  std::string result(text.substr(0, kPrintable));
  std::replace_if(
      result.begin(), result.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return result;
}

}  // namespace meshdns
