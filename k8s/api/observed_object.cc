#include "k8s/api/observed_object.h"

#include <algorithm>
#include <utility>

#include "k8s/api/api_objects.h"
#include "k8s/api/json_fields.h"

namespace meshdns {

std::string ObservedObject::text() const {
  return kind + " " + printable(name_space.empty() ? name : name_space + "/" + name);
}

ObservedObject observed_object(const nlohmann::json& object, std::string kind) {
  const nlohmann::json& metadata = object.at("metadata");
  ObservedObject observed;
  observed.kind = std::move(kind);
  observed.name = metadata.at("name").get<std::string>();
  observed.name_space = text_member(metadata, "namespace");
  observed.uid = text_member(metadata, "uid");
  observed.resource_version = text_member(metadata, "resourceVersion");
  observed.labels = texts_member(metadata, "labels");
  observed.annotations = texts_member(metadata, "annotations");
  for (const nlohmann::json& fields : member(metadata, "managedFields")) {
    const std::string manager = text_member(fields, "manager");
    if (std::ranges::count(observed.managers, manager) == 0) observed.managers.push_back(manager);
  }
  for (const nlohmann::json& reference : member(metadata, "ownerReferences")) {
    const std::string owner = text_member(reference, "kind") + " " + text_member(reference, "name");
    if (observed.owner.empty()) observed.owner = owner;
    if (member(reference, "controller") == true) observed.controller = observed.owner = owner;
  }
  return observed;
}

}  // namespace meshdns
