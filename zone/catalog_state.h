#pragma once

// What catalog.cc (deciding) and explain.cc (telling why) share. Not for others.

#include <unordered_map>
#include <vector>

#include "zone/catalog.h"
#include "zone/claims.h"
#include "zone/directory.h"

namespace meshdns {

struct Catalog::State {
  State(Directory& zones, Sources& all) : directory(zones), sources(all), claims(zones.key()), lists(all.size()) {}

  /// A source's list, under way or done.
  struct List {
    uint32_t number = 0;
    bool under_way = false;
  };

  /// An owner whose claimants changed, and what that means for its zone.
  struct Touched {
    enum class Change : uint8_t { kNone, kInsert, kReplace, kRemove };

    std::span<const uint8_t> owner;  // in a holding, or in one of `withdrawn`
    Zone* zone;
    Change change = Change::kNone;
    OwnerPtr node{};
  };

  void upsert(SourceId source, const Publication& publication);
  void remove(SourceId source, Holding& holding);
  void touch(const Holding& holding);
  std::vector<Skipped> take_out_what_is_not_ours(Publication& publication) const;
  void set_skipped(const Holding& holding, std::vector<Skipped> skips);
  void count_skips(const std::vector<Skipped>& skips, bool added);
  void settle();
  void decide(Touched& touched);
  void carry_out(Touched& touched);

  Directory& directory;
  Sources& sources;
  Claims claims;
  std::vector<List> lists;  // by source
  std::unordered_map<const Holding*, std::vector<Skipped>> skipped;
  Counts counts;

  // Of the batch under way, and scratch.
  std::vector<Touched> touched;
  std::vector<HoldingPtr> withdrawn;
  Packer packer;
  OwnerBuilder builder;
  QueryName name;
};

}  // namespace meshdns
