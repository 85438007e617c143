#include "tests/model/name.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace meshdns::model {

char fold(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

Name parse_name(std::string_view text) {
  Name name;
  std::string label;
  for (const char c : text) {
    if (c != '.') {
      label += fold(c);
    } else if (!label.empty()) {
      name.push_back(std::move(label));
      label.clear();
    }
  }
  if (!label.empty()) name.push_back(label);
  return name;
}

std::string label_text(const std::string& label) {
  std::string text;
  for (const char c : label) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '*') {
      text += c;
    } else {
      char escape[5];
      std::snprintf(escape, sizeof escape, "\\%03u", static_cast<unsigned>(static_cast<uint8_t>(c)));
      text += escape;
    }
  }
  return text;
}

std::string text(const Name& name) {
  std::string text;
  for (const std::string& label : name) text += label_text(label) + ".";
  return text.empty() ? "." : text;
}

std::string wire(const Name& name) {
  std::string wire;
  for (const std::string& label : name) {
    wire += static_cast<char>(label.size());
    wire += label;
  }
  return wire + '\0';
}

size_t wire_length(const Name& name) {
  size_t octets = 1;
  for (const std::string& label : name) octets += 1 + label.size();
  return octets;
}

Name read_name(std::string_view wire) {
  Name name;
  for (size_t at = 0; wire[at] != 0; at += 1 + static_cast<size_t>(wire[at])) {
    std::string& label = name.emplace_back(wire.substr(at + 1, static_cast<size_t>(wire[at])));
    for (char& c : label) c = fold(c);
  }
  return name;
}

Name suffix(const Name& name, size_t labels) {
  return Name(name.end() - static_cast<ptrdiff_t>(labels),
              name.end());  // NOLINT(modernize-return-braced-init-list): not a list
}

Name parent(const Name& name) { return name.empty() ? name : suffix(name, name.size() - 1); }

bool is_within(const Name& name, const Name& ancestor) {
  return name.size() >= ancestor.size() && std::equal(ancestor.rbegin(), ancestor.rend(), name.rbegin());
}

Name child(const std::string& label, const Name& name) {
  Name result = {label};
  result.insert(result.end(), name.begin(), name.end());
  return result;
}

Name replace_suffix(const Name& name, const Name& from, const Name& to) {
  Name result(name.begin(), name.end() - static_cast<ptrdiff_t>(from.size()));
  result.insert(result.end(), to.begin(), to.end());
  return result;
}

}  // namespace meshdns::model
