#pragma once

// A value of an object's JSON whose type is checked as it is read: what the parsers of this room are made of. It refers to the JSON. Null
// is as good as absent, and unknown fields are passed over; a wrong type, or more than the bounds of object_identity.h, throws WrongField.

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/mesh/object_identity.h"
#include "zone/result.h"

namespace meshdns {

struct WrongField {
  std::string message;  // the field, what was found, what was expected
};

inline constexpr int64_t kLeastInt32 = std::numeric_limits<int32_t>::min();
inline constexpr int64_t kMostInt32 = std::numeric_limits<int32_t>::max();
inline constexpr int64_t kMostUint32 = std::numeric_limits<uint32_t>::max();

class Field {
 public:
  explicit Field(const nlohmann::json& object);

  bool present() const { return value_ != nullptr; }

  /// JSON Pointer; empty for the object itself.
  const std::string& pointer() const { return pointer_; }

  /// The member of that name; absent in what is absent itself.
  Field at(std::string_view key) const;

  /// Of a mapping's members, in order. Empty where it is absent, as are those that follow.
  std::vector<std::string> keys() const;
  std::vector<Field> items() const;
  std::vector<std::string> texts() const;
  TextMap text_map() const;
  std::string text() const;

  std::optional<int64_t> number(int64_t least, int64_t most) const;
  std::optional<uint16_t> port() const;
  std::optional<bool> truth() const;
  /// As Istio writes it: "0.5s".
  std::optional<std::chrono::milliseconds> duration() const;
  /// A number, or a text in its place: Kubernetes' IntOrString.
  std::string number_or_text() const;

  [[noreturn]] void wrong(const std::string& expected) const;

 private:
  Field(const nlohmann::json* value, std::string pointer);
  void expect_at_most(size_t size, const char* what) const;

  const nlohmann::json* value_;  // nothing: absent
  std::string pointer_;
};

/// Its metadata. `name_space`: of an object that says none.
ObjectIdentity read_identity(const Field& object, std::string kind, std::string_view name_space);

/// Calls `read` with the object in `json`. Nothing: it was read to its end.
std::optional<Error> read_object(std::string_view json, const std::function<void(const Field&)>& read);

}  // namespace meshdns
