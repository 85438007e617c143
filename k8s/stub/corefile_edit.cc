#include "k8s/stub/corefile_edit.h"

#include <algorithm>
#include <array>

#include "k8s/api/api_objects.h"
#include "k8s/stub/corefile_text.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

constexpr std::string_view kMarker = "# Written by meshdnsctl stub:";

/// What a block may do beside asking others, and still be one that we change.
constexpr std::array<std::string_view, 7> kPlainPlugins{"bind", "cache",  "errors",     "log",
                                                        "loop", "reload", "loadbalance"};

/// Those that answer the zones that they name.
constexpr std::array<std::string_view, 14> kAnsweringPlugins{
    "auto",         "azure",      "clouddns", "etcd",    "file",      "forward",  "grpc",
    "k8s_external", "kubernetes", "proxy",    "route53", "secondary", "template", "hosts"};

bool asks_others(const Directive& directive) { return directive.is("forward") || directive.is("proxy"); }

bool names(const CorefileToken& token, const Name& zone) {
  const auto name = Name::parse(token.text);
  return name && *name == zone;
}

/// Where our comment above the block begins.
std::optional<size_t> marker_above(const std::string& text, const ServerBlock& block) {
  const size_t line = whole_lines(text, {block.begin, text.size()}).begin;
  if (line == 0 || line == std::string::npos || text[line - 1] != '\n') return std::nullopt;
  const size_t line_break = line < 2 ? std::string::npos : text.rfind('\n', line - 2);
  const size_t begin = std::max(line_break == std::string::npos ? 0 : line_break + 1, corefile_start(text));
  if (begin < block.after || text.compare(begin, kMarker.size(), kMarker) != 0) return std::nullopt;
  return begin;
}

/// The one directive that asks others, of a block whose own words these are.
const Directive* forwarding(const ServerBlock& block, const Name& zone) {
  const Directive* found = nullptr;
  for (const Directive& directive : block.directives) {
    if (!asks_others(directive)) continue;
    const bool all =
        directive.argument(0) == "." || (!directive.arguments.empty() && names(directive.arguments[0], zone));
    if (found || directive.imported || !all || directive.arguments.size() < 2) return nullptr;
    found = &directive;
  }
  return found;
}

bool is_for_alone(const ServerBlock& block, const Name& zone) {
  return std::ranges::all_of(block.keys, [&](const ServerKey& key) {
    return !key.addresses.empty() && std::ranges::all_of(key.addresses, [&](const ZoneAddress& address) {
      return address.zone == zone && address.scheme == "dns";
    });
  });
}

/// Where the names around the zone are asked for, and it is not.
std::optional<uint16_t> missed_port(const ServerBlock& block, const ListenAddresses& root) {
  for (const uint16_t port : root.ports) {
    const auto listens = [&](const ServerKey& key) {
      return std::ranges::any_of(key.addresses, [&](const ZoneAddress& address) { return address.port == port; });
    };
    if (std::ranges::none_of(block.keys, listens)) return port;
  }
  return std::nullopt;
}

bool is_plain(const ServerBlock& block) {
  return !block.imports_files && std::ranges::all_of(block.directives, [](const Directive& directive) {
    return asks_others(directive) || std::ranges::find(kPlainPlugins, directive.name.text) != kPlainPlugins.end();
  });
}

Error conflict(int line, const std::string& found, const Name& zone) {
  return corefile_error(line, found,
                        "nobody to answer " + zone.text() + ": take it out, or choose another zone for meshdns");
}

/// The error: a plugin of another block answers the zone.
std::optional<Error> answered_elsewhere(const Corefile& corefile, const Name& zone) {
  for (const ServerBlock& block : corefile.blocks()) {
    for (const Directive& directive : block.directives) {
      if (std::ranges::find(kAnsweringPlugins, directive.name.text) == kAnsweringPlugins.end()) continue;
      const auto is_zone = [&](const CorefileToken& argument) { return names(argument, zone); };
      if (std::ranges::any_of(directive.arguments, is_zone))
        return conflict(directive.name.line, directive.name.text + " for " + zone.text(), zone);
    }
  }
  return std::nullopt;
}

std::string stub_block(const StubDomain& stub, const ListenAddresses& addresses, std::string_view plugin) {
  const std::string zone = stub.zone.text();
  std::vector<std::string> keys;
  for (const uint16_t port : addresses.ports) keys.push_back(zone + ":" + std::to_string(port));
  std::string text =
      std::string(kMarker) + " the zone " + zone + " is answered by meshdns.\n" + joined(keys, {}, " ") + " {\n";
  if (!addresses.bind.empty()) text += "    bind " + joined(addresses.bind, {}, " ") + "\n";
  text += "    errors\n    cache 30\n    ";
  return text.append(plugin) + " . " + joined(stub.server_texts(), {}, " ") + "\n}\n";
}

}  // namespace

bool CorefileStub::asks(const std::vector<DnsServer>& servers) const {
  std::vector<DnsServer> asked;
  for (std::string_view upstream : upstreams) {
    if (upstream.starts_with("dns://")) upstream.remove_prefix(6);
    const auto server = parse_dns_server(upstream);
    if (!server) return false;
    asked.push_back(*server);
  }
  return std::ranges::is_permutation(asked, servers);
}

Result<std::optional<CorefileStub>> find_stub(const Corefile& corefile, const Name& zone) {
  std::optional<CorefileStub> found;
  const auto root = root_addresses(corefile);
  for (size_t index = 0; index < corefile.blocks().size(); ++index) {
    const ServerBlock& block = corefile.blocks()[index];
    if (!block.serves(zone)) continue;
    if (found) return conflict(block.line, "a second block for " + zone.text(), zone);
    if (!is_for_alone(block, zone)) return conflict(block.line, "a block for " + zone.text() + " and more", zone);
    if (const auto port = root ? missed_port(block, *root) : std::nullopt) {
      return conflict(block.line,
                      "a block for " + zone.text() + ", but not on port " + std::to_string(*port) + " as for '.'",
                      zone);
    }
    const bool marked = marker_above(corefile.text(), block).has_value();
    const Directive* directive = forwarding(block, zone);
    if (!directive || block.imported || !(marked || is_plain(block)))
      return conflict(block.line, "a block for " + zone.text() + " that does more than ask other servers", zone);
    found = CorefileStub{index, marked, directive->name.text, {}, block.line};
    for (size_t at = 1; at < directive->arguments.size(); ++at)
      found->upstreams.push_back(directive->arguments[at].text);
  }
  if (!found) {
    if (auto error = answered_elsewhere(corefile, zone)) return std::move(*error);
  }
  return found;
}

std::string_view forwarding_plugin(const CoreDnsVersion& version) {
  return version < CoreDnsVersion{1, 5, 0} ? "proxy" : "forward";
}

Result<Corefile> add_stub(const Corefile& corefile, const StubDomain& stub, const ListenAddresses& addresses,
                          std::string_view plugin) {
  std::string text = corefile.text();
  const size_t start = corefile_start(text);
  return Corefile::parse(text.insert(start, stub_block(stub, addresses, plugin) + (start == text.size() ? "" : "\n")));
}

Result<Corefile> set_servers(const Corefile& corefile, const CorefileStub& stub,
                             const std::vector<DnsServer>& servers) {
  const ServerBlock& block = corefile.blocks().at(stub.block);
  const auto directive = std::ranges::find_if(block.directives, asks_others);
  const TextSpan upstreams{directive->arguments.at(1).begin, directive->arguments.back().end};
  return Corefile::parse(with_changes(corefile.text(), {{upstreams, joined(servers, &DnsServer::text, " ")}}));
}

Result<Corefile> remove_stub(const Corefile& corefile, const CorefileStub& stub) {
  const std::string& text = corefile.text();
  const ServerBlock& block = corefile.blocks().at(stub.block);
  TextSpan span = whole_lines(text, {block.begin, block.end});
  if (const auto marker = marker_above(text, block)) span.begin = *marker;
  if (span.end > block.end && text.compare(span.end, 1, "\n") == 0) ++span.end;
  return Corefile::parse(with_changes(text, {{span, ""}}));
}

bool has_reload(const Corefile& corefile) {
  return std::ranges::any_of(corefile.blocks(), [](const ServerBlock& block) {
    return std::ranges::any_of(block.directives, [](const Directive& directive) { return directive.is("reload"); });
  });
}

std::vector<std::string> stub_notes(const Corefile& corefile, const Name& zone) {
  std::vector<std::string> notes;
  const auto note = [&](const CorefileToken& key, const std::string& what) {
    notes.push_back("Corefile:" + std::to_string(key.line) + ": " + what);
  };
  for (const ServerBlock& block : corefile.blocks()) {
    for (const ServerKey& key : block.keys) {
      if (key.addresses.empty())
        note(key.token, "the zone " + printable(key.token.text) + " is not known here, as its variables are not");
      for (const ZoneAddress& address : key.addresses)
        if (address.zone.is_within(zone) && address.zone != zone)
          note(key.token, address.zone.text() + " stays with this block: meshdns is not asked for it");
    }
  }
  return notes;
}

}  // namespace meshdns
