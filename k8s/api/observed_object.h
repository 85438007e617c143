#pragma once

// What every object of the API has, as far as anybody asks about it.
// Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace meshdns {

using TextMap = std::map<std::string, std::string>;

struct ObservedObject {
  std::string kind;
  std::string name_space;  // empty where its kind has none
  std::string name;
  std::string uid;
  std::string resource_version;
  TextMap labels;
  TextMap annotations;
  std::vector<std::string> managers;  // of its fields, each once
  std::string controller{};           // of ownerReferences: "DNS default"; empty where it has none
  std::string owner{};                // the same, of whatever ownerReference: the controller where there is one

  /// "ConfigMap kube-system/coredns"
  std::string text() const;
};

/// Throws nlohmann's exceptions where there is no metadata.name; what else is missing or of another type is empty.
ObservedObject observed_object(const nlohmann::json& object, std::string kind);

}  // namespace meshdns
