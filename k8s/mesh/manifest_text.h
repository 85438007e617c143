#pragma once

// A manifest that is edited as text: an object changes, and the octets around the change stay. No text is given out that does not read
// back as what was asked for, with every other object as it was.

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/istio/manifest.h"
#include "zone/result.h"

namespace meshdns {

class ManifestText {
 public:
  /// `file`: for messages.
  static Result<ManifestText> parse(std::string text, std::string file);

  /// `objects`: what parse_manifest() has made of the text.
  ManifestText(std::string text, std::string file, std::vector<ManifestObject> objects);

  const std::string& text() const { return text_; }
  const std::vector<ManifestObject>& objects() const { return objects_; }

  /// Where a field stands, "routes.yaml:31"; the object's own place where it is not written. `pointer`: RFC 6901, in the object.
  std::string place(size_t object, std::string_view pointer) const;

  /// The text with a JSON Patch (RFC 6902) carried out in that object: replace, add and remove of members and of lists' items; test. The
  /// error says where the change would show elsewhere, too, as behind an alias, and what to do.
  Result<std::string> patched(size_t object, std::string_view patch) const;

  /// With an object more, a document at the end.
  Result<std::string> with(const nlohmann::ordered_json& object) const;

  /// Without that document, or that item of a List.
  Result<std::string> without(size_t object) const;

 private:
  Result<std::string> checked(std::string text, const std::vector<std::string>& expected) const;

  std::string text_;
  std::string file_;
  std::vector<ManifestObject> objects_;
};

}  // namespace meshdns
