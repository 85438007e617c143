#include "k8s/stub/served_elsewhere.h"

#include "k8s/stub/corefile_edit.h"

namespace meshdns {
namespace {

std::optional<Error> served_in(const std::string& where, const std::string& text, const Name& zone) {
  const auto corefile = Corefile::parse(text);
  if (!corefile) return std::nullopt;
  const auto found = find_stub(*corefile, zone);
  if (!found) return Error{where + ": " + found.error()};
  if (!*found) return std::nullopt;
  return Error{where + ", line " + std::to_string((*found)->line) + ": the zone " + zone.text() +
               " is delegated there already; take that block out, or delegate another zone"};
}

}  // namespace

std::optional<Error> served_elsewhere(const std::string& corefile, const std::map<std::string, std::string>& files,
                                      const std::string& own, const Name& zone) {
  if (auto error = served_in("the Corefile", corefile, zone)) return error;
  for (const auto& [key, text] : files) {
    if (key == own || !key.ends_with(".server")) continue;
    if (auto error = served_in("key " + key, text, zone)) return error;
  }
  return std::nullopt;
}

}  // namespace meshdns
