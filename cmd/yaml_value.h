#pragma once

// One value of a YAML file, with the key and the line that a person knows it by. Reading goes on after an error, so that one run
// shows all of them.

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "zone/result.h"

namespace YAML {
class Node;
}

namespace meshdns {

/// What is wrong with a file: a line of text each, `FILE:LINE: KEY: what was found, what was expected`.
struct Complaints {
  std::string file;
  std::vector<std::string> lines;
};

/// A view: the node and the complaints must outlive it.
class YamlValue {
 public:
  using Reader = std::function<void(const YamlValue&)>;
  using Field = std::pair<std::string_view, Reader>;

  YamlValue(const YAML::Node& node, std::string key, Complaints& complaints)
      : node_(node), key_(std::move(key)), complaints_(complaints) {}

  /// A mapping: calls the reader of each key that is there. Unknown and repeated keys are errors. Nothing at all (a key whose
  /// fields are all commented out) is an empty mapping. False where something in it is wrong.
  bool fields(std::initializer_list<Field> known) const;

  /// A list of `least` elements or more: calls the reader for each. False where it is not one.
  bool each(size_t least, const Reader& reader) const;

  /// A scalar, as `parse` (text → Result<T>) understands it; nothing where it does not.
  template <class Parse>
  auto get(const Parse& parse) const {
    using T = std::remove_cvref_t<decltype(*parse(std::string_view()))>;
    const std::string* text = scalar();
    if (text == nullptr) return std::optional<T>();
    auto value = parse(*text);
    if (value) return std::optional<T>(*std::move(value));
    complain(value.error());
    return std::optional<T>();
  }

  /// The same into `into`, which keeps its value where there is an error.
  template <class T, class Parse>
  void read(T& into, const Parse& parse) const {
    if (auto value = get(parse)) into = *std::move(value);
  }

  /// A list of `least` scalars or more, which replaces what `into` holds.
  template <class T, class Parse>
  void read_list(size_t least, std::vector<T>& into, const Parse& parse) const {
    into.clear();
    each(least, [&](const YamlValue& element) {
      auto value = element.get(parse);
      if (value) into.push_back(*std::move(value));
    });
  }

  /// Records an error at this value's line.
  void complain(const std::string& found_and_expected) const;

 private:
  const std::string* scalar() const;

  const YAML::Node& node_;
  std::string key_;  // "limits.udpSize", "zones[0].name"
  Complaints& complaints_;
};

/// Reads the one document that `text` holds. Aliases are refused before anything is built from them (a few lines of them expand
/// to gigabytes), as are a second document and text over 1 MiB.
void read_yaml(std::string_view text, Complaints& complaints, const YamlValue::Reader& reader);

}  // namespace meshdns
