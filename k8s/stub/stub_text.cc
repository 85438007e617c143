#include "k8s/stub/stub_text.h"

#include <utility>

#include "k8s/stub/corefile_edit.h"
#include "k8s/stub/corefile_modernise.h"
#include "k8s/stub/kube_dns_stub_domains.h"

namespace meshdns {
namespace {

/// As this CoreDNS loads it.
Result<Corefile> loadable(Corefile corefile, const CorefileStyle& style) {
  if (style.modernise) {
    auto modern = modernise(corefile, style.version);
    if (!modern) return Error{modern.error()};
    return std::move(modern->corefile);
  }
  for (const OutdatedSetting& setting : outdated_settings(corefile, style.version)) {
    if (setting.refused) return Error{setting.text + " with --modernise"};
  }
  return corefile;
}

Result<Corefile> with_block(Corefile given, const StubDomain& stub, const CorefileStyle& style, bool imported) {
  auto corefile = loadable(std::move(given), style);
  if (!corefile) return corefile;
  const auto found = find_stub(*corefile, stub.zone);
  if (!found) return Error{found.error()};
  if (*found) return (*found)->asks(stub.servers) ? corefile : set_servers(*corefile, **found, stub.servers);
  const auto addresses = imported ? Result<ListenAddresses>(style.addresses) : root_addresses(*corefile);
  if (!addresses) return Error{addresses.error()};
  return add_stub(*corefile, stub, *addresses, forwarding_plugin(style.version));
}

Result<Corefile> without_block(Corefile corefile, const Name& zone) {
  const auto found = find_stub(corefile, zone);
  if (!found || !*found) return corefile;  // somebody else's block is no delegation of ours
  return remove_stub(corefile, **found);
}

/// What is left of a key that was ours alone.
KeyText kept(StubForm form, std::string text) {
  if (form == StubForm::kCorefile || !text.empty()) return text;
  return std::nullopt;
}

}  // namespace

Result<KeyText> with_stub(StubForm form, const KeyText& text, const StubDomain& stub, const CorefileStyle& style) {
  if (form == StubForm::kStubDomains) {
    auto domains = with_stub_domain(text.value_or(""), stub);
    if (!domains) return Error{domains.error()};
    return KeyText(*std::move(domains));
  }
  auto corefile = Corefile::parse(text.value_or(""));
  if (!corefile) return Error{corefile.error()};
  const auto with = with_block(*std::move(corefile), stub, style, form == StubForm::kServerFile);
  if (!with) return Error{with.error()};
  return KeyText(with->text());
}

Result<KeyText> without_stub(StubForm form, const KeyText& text, const Name& zone) {
  if (!text) return text;
  if (form == StubForm::kStubDomains) {
    auto domains = without_stub_domain(*text, zone);
    if (!domains) return Error{domains.error()};
    return kept(form, *std::move(domains));
  }
  auto corefile = Corefile::parse(*text);
  if (!corefile) return Error{corefile.error()};
  const auto without = without_block(*std::move(corefile), zone);
  if (!without) return Error{without.error()};
  return kept(form, without->text());
}

Result<std::optional<std::vector<std::string>>> stub_servers(StubForm form, const KeyText& text, const Name& zone) {
  if (!text) return std::optional<std::vector<std::string>>();
  if (form == StubForm::kStubDomains) return stub_domain_servers(*text, zone);
  const auto corefile = Corefile::parse(*text);
  if (!corefile) return Error{corefile.error()};
  const auto found = find_stub(*corefile, zone);
  if (!found) return Error{found.error()};
  if (!*found) return std::optional<std::vector<std::string>>();
  return std::optional((*found)->upstreams);
}

}  // namespace meshdns
