#include "k8s/api/kubeconfig_section.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "k8s/api/api_objects.h"
#include "k8s/api/base64.h"

namespace meshdns {

using Section = KubeconfigSection;

Section::KubeconfigSection(std::string file, YAML::Node node, std::string what)
    : file_(std::move(file)), node_(std::move(node)), what_(std::move(what)) {
  if (!node_.IsMap()) fail("expected a mapping");
}

std::string Section::text(const char* field) const {
  if (!has(field)) return "";
  const YAML::Node value = node_[field];
  if (!value.IsScalar()) fail(value, std::string(field) + ": expected text");
  return value.Scalar();
}

std::string Section::required(const char* field) const {
  std::string value = text(field);
  if (value.empty()) fail(has(field) ? node_[field] : node_, std::string(field) + " is missing");
  return value;
}

bool Section::flag(const char* field) const {
  const std::string value = text(field);
  if (value != "" && value != "true" && value != "false") fail_field(field, "expected true or false");
  return value == "true";
}

std::vector<std::string> Section::texts(const char* field) const {
  std::vector<std::string> texts;
  if (!has(field)) return texts;
  const YAML::Node list = node_[field];
  if (!list.IsSequence()) fail(list, std::string(field) + ": expected a list");
  for (const YAML::Node& element : list) {
    if (!element.IsScalar()) fail(element, std::string(field) + ": expected a list of texts");
    texts.push_back(element.Scalar());
  }
  return texts;
}

std::string Section::title(const char* kind, const std::string& name) {
  return std::string(kind) + " \"" + printable(name) + "\"";
}

std::string Section::path(const char* field) const {
  const std::string value = text(field);
  // Its errors are logged, then and later.
  if (std::any_of(value.begin(), value.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; })) {
    fail_field(field, "expected a path without control characters");
  }
  return value.empty() ? "" : (std::filesystem::path(file_).parent_path() / value).string();
}

Pem Section::pem(const std::string& field) const {
  const std::string data_field = field + "-data";
  const std::string data = text(data_field.c_str());
  if (data.empty()) return pem_file(field.c_str());
  auto decoded = base64_decode(data);
  if (!decoded) fail_field(data_field.c_str(), "expected base64");
  return Pem{*std::move(decoded), ""};
}

Pem Section::pem_file(const char* field) const {
  const std::string file = path(field);
  if (file.empty()) return {};
  auto pem = read_pem(file);
  if (!pem) fail_field(field, pem.error());
  return *std::move(pem);
}

Section Section::inner(const char* field) const {
  return {file_, node_[field], what_.empty() ? field : what_ + ", " + field};
}

std::vector<Section> Section::elements(const char* field) const {
  std::vector<Section> sections;
  if (!has(field)) return sections;
  const YAML::Node list = node_[field];
  if (!list.IsSequence()) fail(list, std::string(field) + ": expected a list");
  const std::string what = what_.empty() ? field : what_ + ", " + field;
  for (const YAML::Node& element : list) sections.emplace_back(file_, element, what);
  return sections;
}

std::optional<Section> Section::named(const char* field, const std::string& name, const char* inner) const {
  const std::string what = title(inner, name);
  std::optional<Section> found;
  for (const Section& element : elements(field)) {
    if (element.text("name") != name) continue;
    if (found) element.fail("a second " + what);
    const YAML::Node node = element.has(inner) ? element.node_[inner] : YAML::Node(YAML::NodeType::Map);
    found.emplace(file_, node, what_.empty() ? what : what_ + ", " + what);
  }
  return found;
}

void Section::refuse(std::initializer_list<const char*> fields, const std::string& reason) const {
  for (const char* field : fields) {
    if (has(field)) fail(node_[field], std::string(field) + " is not supported: " + reason);
  }
}

void Section::fail_list(const char* field, const std::string& problem) const {
  fail(has(field) ? node_[field] : node_, problem);
}

void Section::fail_field(const char* field, const std::string& problem) const {
  fail_list(field, std::string(field) + ": " + problem);
}

void Section::fail(const YAML::Node& at, const std::string& problem) const {
  const int line = at.IsDefined() ? at.Mark().line : -1;
  std::string where = file_ + (line < 0 ? "" : ":" + std::to_string(line + 1)) + ": ";
  if (!what_.empty()) where += what_ + ": ";
  throw KubeconfigError{where + problem};
}

}  // namespace meshdns
