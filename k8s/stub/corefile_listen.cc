#include "k8s/stub/corefile_listen.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace meshdns {
namespace {

std::vector<CorefileToken> bind_of(const ServerBlock& block) {
  std::vector<CorefileToken> addresses;
  for (const Directive& directive : block.directives)
    if (directive.is("bind")) addresses.insert(addresses.end(), directive.arguments.begin(), directive.arguments.end());
  return addresses;
}

bool is_bind_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view(".:%_-{}$").find(c) != std::string_view::npos;
}

/// As they may be written again; the error: no address and no interface looks like this.
Result<std::vector<std::string>> bind_texts(const ServerBlock& block) {
  std::vector<std::string> texts;
  for (const CorefileToken& address : bind_of(block)) {
    if (address.text.empty() || !std::ranges::all_of(address.text, is_bind_character))
      return corefile_error(address.line, "bind '" + address.text + "'", "addresses or interfaces");
    texts.push_back(address.text);
  }
  return texts;
}

template <class T>
void add_missing(std::vector<T>& to, const std::vector<T>& from) {
  for (const T& value : from)
    if (std::ranges::find(to, value) == to.end()) to.push_back(value);
}

/// Whether it may serve its zones beside another block: in a view, or with what a file brings.
bool may_share_zones(const ServerBlock& block) {
  return block.imports_files ||
         std::ranges::any_of(block.directives, [](const Directive& directive) { return directive.is("view"); });
}

/// A zone on a port, and where it was seen first for each address; "": all addresses.
using Taken = std::map<std::tuple<std::string, Name, uint16_t>, std::map<std::string, int>>;

std::optional<Error> take(Taken& taken, const ServerKey& key, const std::vector<std::string>& bind) {
  for (const ZoneAddress& address : key.addresses) {
    auto& lines = taken[{address.scheme, address.zone, address.port}];
    for (const std::string& at : bind) {
      const auto other = lines.contains(at)                 ? lines.find(at)
                         : lines.contains("") || at.empty() ? lines.begin()
                                                            : lines.end();
      if (other != lines.end()) {
        return corefile_error(key.token.line,
                              "the zone " + address.zone.text() + " on port " + std::to_string(address.port) + " again",
                              "it once: it stands on line " + std::to_string(other->second));
      }
      lines[at] = key.token.line;
    }
  }
  return std::nullopt;
}

}  // namespace

Result<ListenAddresses> root_addresses(const Corefile& corefile) {
  std::optional<ListenAddresses> found;
  for (const ServerBlock& block : corefile.blocks()) {
    ListenAddresses here;
    for (const ServerKey& key : block.keys) {
      for (const ZoneAddress& address : key.addresses)
        if (address.zone.is_root() && address.scheme == "dns") here.ports.push_back(address.port);
    }
    if (here.ports.empty()) continue;
    auto bind = bind_texts(block);
    if (!bind) return Error{bind.error()};
    here.bind = std::move(*bind);
    if (found && found->bind.empty() != here.bind.empty())
      return corefile_error(block.line, "a block for '.' on all addresses beside one on a few",
                            "one of the two: write the block for the zone by hand");
    if (!found) found.emplace();
    add_missing(found->ports, here.ports);
    add_missing(found->bind, here.bind);
  }
  if (!found) return Error{"Corefile: found no block for '.' over plain DNS, expected one, such as '.:53 {'"};
  return *found;
}

std::optional<Error> duplicate_zone(const std::vector<ServerBlock>& blocks) {
  Taken taken;
  for (const ServerBlock& block : blocks) {
    if (may_share_zones(block)) continue;
    std::vector<std::string> bind;
    for (const CorefileToken& address : bind_of(block)) bind.push_back(address.text);
    if (bind.empty()) bind.emplace_back();
    for (const ServerKey& key : block.keys)
      if (auto error = take(taken, key, bind)) return error;
  }
  return std::nullopt;
}

}  // namespace meshdns
