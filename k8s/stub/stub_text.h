#pragma once

// A stub domain in the text of a ConfigMap's key, whatever form that has. Pure functions.

#include <optional>
#include <string>
#include <vector>

#include "k8s/stub/coredns_version.h"
#include "k8s/stub/corefile_listen.h"
#include "k8s/stub/flavour.h"
#include "k8s/stub/stub_domain.h"
#include "k8s/stub/stub_record.h"
#include "zone/result.h"

namespace meshdns {

/// Where a stub domain stands, or is to stand.
struct StubSite {
  StubTarget target;
  StubForm form;
};

/// A key's text; nothing: there is no such key.
using KeyText = std::optional<std::string>;

/// Where nobody says which: newer than every one that is known here.
inline constexpr CoreDnsVersion kNewestCoreDns{99, 0, 0};

/// What CoreDNS it is written for.
struct CorefileStyle {
  CoreDnsVersion version = kNewestCoreDns;
  ListenAddresses addresses{};  // for a file that a Corefile imports; a Corefile says so itself
  bool modernise = false;       // what that version does not have any more is rewritten
};

/// The text with the stub domain in it. The error says what is in the way, with its line.
Result<KeyText> with_stub(StubForm form, const KeyText& text, const StubDomain& stub, const CorefileStyle& style);

/// The text without it.
Result<KeyText> without_stub(StubForm form, const KeyText& text, const Name& zone);

/// The servers that stand there for the zone; nothing: it is not delegated there.
Result<std::optional<std::vector<std::string>>> stub_servers(StubForm form, const KeyText& text, const Name& zone);

}  // namespace meshdns
