// Input: a Corefile. It is kept octet for octet; a stub domain comes and goes without a trace; what is made of it is read again.

#include <algorithm>

#include "k8s/stub/corefile_edit.h"
#include "k8s/stub/corefile_modernise.h"
#include "tests/fuzz/check.h"

namespace meshdns::fuzz {
namespace {

const Name kZone = *Name::parse("global");
const StubDomain kStub{kZone, {*parse_dns_server("10.96.0.53")}};
const std::vector<DnsServer> kOthers{*parse_dns_server("[fd00::1]:5353"), *parse_dns_server("10.96.0.54")};

void require_printable(const std::string& message) {
  require(message.starts_with("Corefile:"), "an error with its place: " + message);
  for (const char c : message) require(static_cast<unsigned char>(c) >= ' ', "no control characters");
}

void require_within(const Directive& directive, size_t octets) {
  require(directive.name.begin < directive.name.end && directive.name.end <= octets, "a name within the text");
  require(directive.imported || (directive.name.end <= directive.end && directive.end <= octets), "an end within");
  for (const Directive& option : directive.options) require_within(option, octets);
}

void require_within(const Corefile& corefile) {
  const size_t octets = corefile.text().size();
  for (const ServerBlock& block : corefile.blocks()) {
    require(block.imported || (block.after <= block.begin && block.begin < block.end && block.end <= octets),
            "a block within the text");
    for (const Directive& directive : block.directives) require_within(directive, octets);
  }
}

void change_and_back(const Corefile& corefile, const CorefileStub& stub) {
  const auto changed = set_servers(corefile, stub, kOthers);
  require(static_cast<bool>(changed), changed ? "" : "to change servers: " + changed.error());
  const auto found = find_stub(*changed, kZone);
  require(found && *found && (*found)->asks(kOthers), "the other servers");
  (void)remove_stub(corefile, stub);
}

void add_and_remove(const Corefile& corefile) {
  const auto root = root_addresses(corefile);
  const auto added = add_stub(corefile, kStub, root ? *root : ListenAddresses{{53}, {}}, "forward");
  require(static_cast<bool>(added), added ? "" : "to add a block: " + added.error());
  require(added->blocks().size() == corefile.blocks().size() + 1, "one block more");
  const auto stub = find_stub(*added, kZone);
  require(stub && *stub && (*stub)->marked && (*stub)->asks(kStub.servers), "the block");
  change_and_back(*added, **stub);
  const auto removed = remove_stub(*added, **stub);
  require(removed && removed->text() == corefile.text(), "the text as it was");
}

bool takes_from_elsewhere(const ServerBlock& block) {
  return block.imports_files || std::ranges::any_of(block.directives, &Directive::imported);
}

void modernise_once(const Corefile& corefile) {
  const CoreDnsVersion version{1, 14, 7};
  const auto modern = modernise(corefile, version);
  if (modern) return require_within(modern->corefile);
  for (const OutdatedSetting& setting : outdated_settings(corefile, version))
    if (setting.text == modern.error()) return;  // that the user is to change
  // What goes may have excused a zone that is there twice, by an import, or have lent the block the brace of a snippet.
  if (std::ranges::any_of(corefile.blocks(), takes_from_elsewhere)) return require_printable(modern.error());
  require(false, "to read what was modernised: " + modern.error());
}

}  // namespace
}  // namespace meshdns::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace meshdns;
  using namespace meshdns::fuzz;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto corefile = Corefile::parse(text);
  if (!corefile) {
    require_printable(corefile.error());
    return 0;
  }
  require(corefile->text() == text, "the same text");
  require_within(*corefile);
  modernise_once(*corefile);
  (void)stub_notes(*corefile, kZone);
  const auto stub = find_stub(*corefile, kZone);
  if (!stub) {
    require_printable(stub.error());
  } else if (*stub) {
    change_and_back(*corefile, **stub);
  } else {
    add_and_remove(*corefile);
  }
  return 0;
}
