#pragma once

// A zone `global` with one source, to deliver to and to ask.

#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "k8s/istio/entry_feed.h"
#include "zone/catalog.h"
#include "zone/directory.h"

namespace meshdns {

struct World {
  static std::vector<ZoneOptions> zones() {
    ZoneOptions zone;
    zone.apex = *Name::parse("global");
    zone.nameservers = {{*Name::parse("ns.dns.global"), {}}};
    zone.contact = *Name::parse("hostmaster.global");
    return {zone};
  }

  static Sources one_source() {
    Sources sources;
    sources.push_back(std::make_unique<Source>("east", true));
    return sources;
  }

  /// What `name` is answered: its addresses, or "nxdomain", "no data", "not ready".
  std::string answer(const std::string& name) const {
    const Explanation explanation = catalog.explain(*Name::parse(name), 1);
    switch (explanation.outcome) {
      case Explanation::Outcome::kAnswer:
        break;
      case Explanation::Outcome::kNxDomain:
        return "nxdomain";
      case Explanation::Outcome::kNotReady:
        return "not ready";
      default:
        return "no data";
    }
    std::string text;
    for (const std::string& address : explanation.claimants.front().addresses) {
      text += (text.empty() ? "" : " ") + address;
    }
    return text;
  }

  /// How many objects leave something out for `reason`.
  uint64_t skipped(SkipReason reason) const { return catalog.counts().skipped[static_cast<size_t>(reason)]; }

  EntryFeed feed(EntryFeed::Observer observer = {}) { return {catalog, source, 0, {}, std::move(observer)}; }

  Sources sources = one_source();
  Source& source = *sources.front();
  Directory directory{zones(), std::time(nullptr)};
  Catalog catalog{directory, sources};
};

}  // namespace meshdns
