#include "k8s/mesh/field.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "k8s/api/api_objects.h"
#include "k8s/mesh/istio_duration.h"
#include "zone/unix_time.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxShown = 60;  // bytes of a wrong value in a message
constexpr size_t kMaxName = 253;  // of an object: a DNS subdomain name

/// RFC 6901, section 3.
std::string escaped(std::string_view key) {
  std::string token;
  for (const char c : key) {
    if (c == '~' || c == '/') {
      token += c == '~' ? "~0" : "~1";
    } else {
      token += c;
    }
  }
  return token;
}

std::string found(const Json& value) {
  switch (value.type()) {
    case Json::value_t::object:
      return "a mapping";
    case Json::value_t::array:
      return "a list";
    case Json::value_t::string:
      return '"' + printable(std::string_view(value.get_ref<const std::string&>()).substr(0, kMaxShown)) + '"';
    default:
      return printable(value.dump());
  }
}

bool is_object_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxName &&
         std::ranges::all_of(text, [](unsigned char c) { return c > ' ' && c < 0x7f && c != '/'; });
}

std::string read_name(const Field& field) {
  std::string name = field.text();
  if (!is_object_name(name)) field.wrong("1 to 253 printable characters without '/'");
  return name;
}

}  // namespace

Field::Field(const Json& object) : value_(&object) {}
Field::Field(const Json* value, std::string pointer) : value_(value), pointer_(std::move(pointer)) {}

void Field::wrong(const std::string& expected) const {
  const std::string path = field_path(pointer_);
  throw WrongField{(path.empty() ? "the object" : printable(path)) + ": " +
                   (value_ == nullptr ? "" : "found " + found(*value_) + ", ") + "expected " + expected};
}

void Field::expect_at_most(size_t size, const char* what) const {
  if (size > kMaxFieldItems) {
    throw WrongField{printable(field_path(pointer_)) + ": found " + std::to_string(size) + " " + what +
                     ", expected at most " + std::to_string(kMaxFieldItems)};
  }
}

Field Field::at(std::string_view key) const {
  std::string pointer = pointer_ + "/" + escaped(key);
  if (value_ == nullptr) return {nullptr, std::move(pointer)};
  if (!value_->is_object()) wrong("a mapping");
  const auto member = value_->find(std::string(key));
  const bool present = member != value_->end() && !member->is_null();
  return {present ? &*member : nullptr, std::move(pointer)};
}

std::vector<std::string> Field::keys() const {
  std::vector<std::string> keys;
  if (value_ == nullptr) return keys;
  if (!value_->is_object()) wrong("a mapping");
  expect_at_most(value_->size(), "members");
  for (const auto& [key, value] : value_->items()) {
    if (!value.is_null()) keys.push_back(key);
  }
  return keys;
}

std::vector<Field> Field::items() const {
  std::vector<Field> items;
  if (value_ == nullptr) return items;
  if (!value_->is_array()) wrong("a list");
  expect_at_most(value_->size(), "items");
  for (const Json& item : *value_) items.push_back({&item, pointer_ + "/" + std::to_string(items.size())});
  return items;
}

std::string Field::text() const {
  if (value_ == nullptr) return {};
  if (!value_->is_string()) wrong("a text");
  const auto& text = value_->get_ref<const std::string&>();
  if (text.size() > kMaxFieldLength) wrong("at most " + std::to_string(kMaxFieldLength) + " bytes");
  return text;
}

std::vector<std::string> Field::texts() const {
  std::vector<std::string> texts;
  for (const Field& item : items()) texts.push_back(item.text());
  return texts;
}

TextMap Field::text_map() const {
  TextMap map;
  for (const std::string& key : keys()) map.emplace(key, at(key).text());
  return map;
}

std::optional<int64_t> Field::number(int64_t least, int64_t most) const {
  if (value_ == nullptr) return std::nullopt;
  const bool fits = value_->is_number_unsigned() ? value_->get<uint64_t>() <= static_cast<uint64_t>(most)
                                                 : value_->is_number_integer();
  if (!fits || value_->get<int64_t>() < least || value_->get<int64_t>() > most) {
    wrong("a number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return value_->get<int64_t>();
}

std::optional<uint16_t> Field::port() const {
  const auto port = number(1, std::numeric_limits<uint16_t>::max());
  return port ? std::optional(static_cast<uint16_t>(*port)) : std::nullopt;
}

std::optional<bool> Field::truth() const {
  if (value_ == nullptr) return std::nullopt;
  if (!value_->is_boolean()) wrong("true or false");
  return value_->get<bool>();
}

std::optional<std::chrono::milliseconds> Field::duration() const {
  if (value_ == nullptr) return std::nullopt;
  const auto duration = parse_istio_duration(text(), kLongestEver);
  if (!duration) wrong("a time of at least 1ms, such as 500ms, 0.5s or 1m30s");
  return *duration;
}

std::string Field::number_or_text() const {
  if (value_ == nullptr || value_->is_string()) return text();
  return std::to_string(*number(0, kMostInt32));
}

ObjectIdentity read_identity(const Field& object, std::string kind, std::string_view name_space) {
  const Field metadata = object.at("metadata");
  ObjectIdentity identity{std::move(kind), std::string(name_space), read_name(metadata.at("name")), 0, ""};
  if (const Field own = metadata.at("namespace"); !own.text().empty()) identity.name_space = read_name(own);
  identity.created = rfc3339_seconds(metadata.at("creationTimestamp").text()).value_or(0);
  return identity;
}

std::optional<Error> read_object(std::string_view json, const std::function<void(const Field&)>& read) {
  if (json.size() > kMaxObject) {
    return Error{"the object: found " + std::to_string(json.size()) + " bytes, expected at most " +
                 std::to_string(kMaxObject)};
  }
  const Json object = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return Error{"the object: expected a JSON object"};
  try {
    read(Field(object));
  } catch (const WrongField& field) {
    return Error{field.message};
  }
  return std::nullopt;
}

}  // namespace meshdns
