#pragma once

// The block of a Corefile that delegates a zone: found, put in, changed and taken out, with the least change of the text. What is
// returned has been parsed: CoreDNS's parser takes it if it took what was given. Pure functions.
//
// add_stub() puts in front of all that is there, so that nothing depends on how the text ends:
//
//   # Written by meshdnsctl stub: the zone global is answered by meshdns.
//   global:53 {
//       errors
//       cache 30
//       forward . 10.96.0.53
//   }
//
// The cache holds no answer longer than meshdns's default TTL, 30 seconds; a shorter TTL, as negative answers have, is kept.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/stub/coredns_version.h"
#include "k8s/stub/corefile.h"
#include "k8s/stub/corefile_listen.h"
#include "k8s/stub/stub_domain.h"

namespace meshdns {

struct CorefileStub {
  size_t block;                        // of Corefile::blocks()
  bool marked;                         // our comment stands above
  std::string plugin;                  // "forward" or "proxy"
  std::vector<std::string> upstreams;  // as written
  int line;

  /// Whether these, and no others, are asked.
  bool asks(const std::vector<DnsServer>& servers) const;
};

/// The block for this zone alone that does nothing but ask others: ours, or one like it that was made by hand or has lost its comment.
/// Nothing where nobody answers the zone. The error: somebody else does.
Result<std::optional<CorefileStub>> find_stub(const Corefile& corefile, const Name& zone);

/// The plugin that asks others: proxy before 1.5.0, which is when forward took its place.
std::string_view forwarding_plugin(const CoreDnsVersion& version);

/// With a block for the zone, which must not have one.
Result<Corefile> add_stub(const Corefile& corefile, const StubDomain& stub, const ListenAddresses& addresses,
                          std::string_view plugin);

/// With other servers on the one line; the plugin's options stay.
Result<Corefile> set_servers(const Corefile& corefile, const CorefileStub& stub, const std::vector<DnsServer>& servers);

/// Without the block; where it is ours, without a trace.
Result<Corefile> remove_stub(const Corefile& corefile, const CorefileStub& stub);

/// Whether CoreDNS reads a changed Corefile by itself, as far as is seen here.
bool has_reload(const Corefile& corefile);

/// What the user should know before the zone is delegated, a line each: names below it that others answer, keys that hold variables.
std::vector<std::string> stub_notes(const Corefile& corefile, const Name& zone);

}  // namespace meshdns
