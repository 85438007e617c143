#pragma once

// A mapping within a kubeconfig file that knows what to call itself in an error: FILE:LINE: context "east", user "admin".
//
// Start-up code: what is wrong leaves by exception, as KubeconfigError, from wherever it is found.

#include <yaml-cpp/node/node.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "k8s/api/tls.h"

namespace meshdns {

struct KubeconfigError {
  std::string message;
};

class KubeconfigSection {
 public:
  /// `what`: its name in errors; empty for the whole file.
  KubeconfigSection(std::string file, YAML::Node node, std::string what);

  const std::string& file() const { return file_; }
  YAML::Node node(const char* field) const { return node_[field]; }
  bool has(const char* field) const { return node_[field].IsDefined() && !node_[field].IsNull(); }

  std::string text(const char* field) const;      // empty where there is none
  std::string required(const char* field) const;  // never empty
  bool flag(const char* field) const;             // false where there is none
  std::vector<std::string> texts(const char* field) const;

  /// What a mapping of that kind and name is called in an error, which is a line whatever the name holds: context "east".
  static std::string title(const char* kind, const std::string& name);

  /// A path as the file means it: relative to its own directory. It is one that can be logged.
  std::string path(const char* field) const;

  /// FIELD-data in base64, or the file that FIELD names; the data wins, as with kubectl.
  Pem pem(const std::string& field) const;

  /// The mapping `field`.
  KubeconfigSection inner(const char* field) const;

  /// The mappings in the list `field`.
  std::vector<KubeconfigSection> elements(const char* field) const;

  /// The element of the list `field` that is called `name`, and of it the mapping `inner`; nothing where there is none.
  std::optional<KubeconfigSection> named(const char* field, const std::string& name, const char* inner) const;

  /// The same mapping, called by another name.
  KubeconfigSection called(const std::string& what) const { return {file_, node_, what}; }

  void refuse(std::initializer_list<const char*> fields, const std::string& reason) const;
  [[noreturn]] void fail(const std::string& problem) const { fail(node_, problem); }
  [[noreturn]] void fail_list(const char* field, const std::string& problem) const;  // at the field, which is not named
  [[noreturn]] void fail_field(const char* field, const std::string& problem) const;

 private:
  Pem pem_file(const char* field) const;
  [[noreturn]] void fail(const YAML::Node& at, const std::string& problem) const;

  std::string file_;
  YAML::Node node_;
  std::string what_;
};

}  // namespace meshdns
