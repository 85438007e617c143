#include "zone/catalog.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "zone/catalog_state.h"
#include "zone/unix_time.h"

namespace meshdns {

Skipped skipped_for_file(const Name& host) {
  return {SkipReason::kZoneFile, host.text(), "a host that the zone's file neither has nor delegates nor redirects"};
}

Skipped skipped_for_namespace(const Name& host, const Holding& holding) {
  return {SkipReason::kNamespaceFull, host.text(),
          std::to_string(holding.records) +
              " hosts × (addresses + ports) do not fit beside the older objects of the namespace, expected " +
              std::to_string(kMostOfNamespace) + " in all"};
}

namespace {

/// Whether the label directly below the zone's apex is the namespace's, and the name below that.
bool is_of_namespace(const QueryName& owner, const Zone& zone, std::string_view ns) {
  const size_t below_apex = owner.labels() - zone.apex_labels();
  if (below_apex < 2) return false;
  const std::span<const uint8_t> label = owner.wire(below_apex - 1);
  return std::ranges::equal(label.subspan(1, label[0]), ns);
}

}  // namespace

Catalog::Catalog(Directory& directory, Sources& sources, CatalogOptions options)
    : state_(std::make_unique<State>(directory, sources, std::move(options))) {
  state_->complete_zones();
}

Catalog::~Catalog() = default;

const Catalog::Counts& Catalog::counts() const { return state_->counts; }

void Catalog::apply(SourceId source, const Batch& batch) {
  for (const Publication& publication : batch.upserts) state_->upsert(source, publication);
  for (const std::string& object : batch.removals) {
    if (Holding* holding = state_->claims.find(source, object)) state_->remove(source, *holding);
  }
  state_->settle();
}

uint32_t Catalog::begin_list(SourceId source) { return ++state_->lists[source]; }

std::vector<std::string> Catalog::unlisted(SourceId source, uint32_t list, std::string_view prefix) const {
  std::vector<std::string> objects;
  state_->claims.for_each([&](const Holding& holding) {
    if (holding.source != source || holding.list >= list || !holding.object().starts_with(prefix)) return;
    objects.emplace_back(holding.object());
  });
  return objects;
}

std::vector<Skipped> Catalog::skipped(SourceId source, std::string_view object) const {
  const Holding* holding = state_->claims.find(source, object);
  if (holding == nullptr) return {};
  const auto found = state_->skipped.find(holding);
  std::vector<Skipped> skips = found == state_->skipped.end() ? std::vector<Skipped>() : found->second;
  if (holding->served != 0) return skips;
  for (const Claim& claim : holding->claims()) {
    skips.push_back(skipped_for_namespace(*Name::from_wire(claim.owner()), *holding));
  }
  return skips;
}

std::optional<Publication> Catalog::publication(SourceId source, std::string_view object) const {
  const Holding* holding = state_->claims.find(source, object);
  if (holding == nullptr) return std::nullopt;
  Publication publication = holding->publication();
  if (const auto skips = state_->skipped.find(holding); skips != state_->skipped.end()) {
    // What a zone's file decides is found again whenever a publication is taken in.
    std::ranges::copy_if(skips->second, std::back_inserter(publication.skipped),
                         [](const Skipped& skip) { return skip.reason != SkipReason::kZoneFile; });
  }
  return publication;
}

void Catalog::set_synced(SourceId source) {
  if (!state_->sources[source]->synced()) ++state_->version;
  state_->sources[source]->set_synced();
  state_->complete_zones();
}

void Catalog::give_up(SourceId source) {
  state_->sources[source]->give_up();
  state_->complete_zones();
}

void Catalog::set_restored(SourceId source, int64_t unix_seconds, bool whole) {
  state_->sources[source]->set_restored(unix_seconds, whole);
  state_->complete_zones();
}

uint64_t Catalog::version() const { return state_->version; }

std::vector<const Holding*> Catalog::copy() {
  state_->copied = true;
  std::vector<const Holding*> holdings;
  holdings.reserve(state_->claims.size());
  state_->claims.for_each([&](const Holding& holding) { holdings.push_back(&holding); });
  return holdings;
}

void Catalog::release_copy() {
  state_->copied = false;
  state_->kept.clear();
}

void Catalog::for_each_publication(SourceId source, const std::function<void(Publication)>& visit) const {
  state_->claims.for_each([&](const Holding& holding) {
    if (holding.source == source) visit(holding.publication());
  });
}

void Catalog::set_zone_records(size_t zone, ZoneRecords records) {
  Zone& changed = *state_->directory.zones()[zone];
  if (!records.whole) changed.set_complete(false);  // until complete_zones() knows better
  changed.set_file_records(std::move(records));
  state_->rebuild(changed);
  state_->complete_zones();
  state_->settle();
}

void Catalog::State::complete_zones() {
  const bool settled = std::ranges::all_of(sources, [](const auto& each) { return each->settled(); });
  for (const auto& zone : directory.zones()) zone->set_complete(zone->loaded() && (zone->whole() || settled));
}

// Taking in ----------------------------------------------------------------------------------------------------------

void Catalog::State::upsert(SourceId source, const Publication& publication) {
  Publication ours = publication;
  std::vector<Skipped> skips = take_out_what_is_not_ours(ours);
  packer.pack(ours);

  Holding* held = claims.find(source, ours.object);
  if (held != nullptr && packer.same_as(*held)) {
    held->list = lists[source];
    set_skipped(*held, std::move(skips));
    return;
  }
  ++version;
  if (held != nullptr) remove(source, *held);
  const auto hash_of = [&](std::span<const uint8_t> owner) {
    name.parse(owner, directory.key());
    return name.hash(0);
  };
  Holding& holding = claims.add(packer.make(), source, hash_of);
  holding.list = lists[source];
  sources[source]->set_entries(sources[source]->entries() + 1);
  set_skipped(holding, std::move(skips));
  if (shares.add(holding)) {
    serve(holding);
  } else {
    count_full(true);
  }
}

void Catalog::State::remove(SourceId source, Holding& holding) {
  ++version;
  set_skipped(holding, {});
  shares.remove(holding);
  if (holding.served != 0) {
    withhold(holding);
  } else {
    count_full(false);
  }
  withdrawn.push_back(claims.take(holding));
  sources[source]->set_entries(sources[source]->entries() - 1);
}

void Catalog::State::serve(Holding& holding) {
  for (const Claim& claim : holding.claims()) touch_contributors(claim.owner());
  claims.link(holding);
  holding.served = 1;
  index_addresses(holding, true);
  touch(holding);
}

void Catalog::State::withhold(Holding& holding) {
  index_addresses(holding, false);
  claims.unlink(holding);
  holding.served = 0;
  touch(holding);
  for (const Claim& claim : holding.claims()) touch_contributors(claim.owner());
}

void Catalog::State::balance_namespaces() {
  shares.balance([this](Holding& holding) { count_full(false), serve(holding); },
                 [this](Holding& holding) { count_full(true), withhold(holding); });
}

/// Objects that wait are counted, not remembered among the skipped: the shares know them.
void Catalog::State::count_full(bool added) {
  counts.skipped[static_cast<size_t>(SkipReason::kNamespaceFull)].fetch_add(added ? 1 : ~uint64_t{0},
                                                                            std::memory_order_relaxed);
}

void Catalog::State::touch(std::span<const uint8_t> owner) {
  name.parse(owner, directory.key());
  if (Zone* zone = directory.find(name)) touched.push_back({.owner = owner, .zone = zone});
}

void Catalog::State::touch(const Holding& holding) {
  for (const Claim& claim : holding.claims()) {
    touch(claim.owner());
    touch_derived(claim);
  }
}

std::vector<Skipped> Catalog::State::take_out_what_is_not_ours(Publication& publication) const {
  std::vector<Skipped> skips = std::move(publication.skipped);
  const std::string_view ns = std::string_view(publication.object).substr(0, publication.object.find('/'));
  QueryName owner;
  std::erase_if(publication.hosts, [&](const HostAddresses& host) {
    owner.assign(host.owner, directory.key());
    const Zone* zone = directory.find(owner);
    if (zone == nullptr) {
      skips.push_back({SkipReason::kOutsideZones, host.owner.text(), "a host in one of the configured zones"});
    } else if (zone->is_reserved(host.owner)) {
      skips.push_back({SkipReason::kReserved, host.owner.text(),
                       "a name other than the zone's apex and its name servers, which the configuration owns"});
    } else if (options.claims == CatalogOptions::Claims::kNamespace && !is_of_namespace(owner, *zone, ns)) {
      skips.push_back(
          {SkipReason::kOtherNamespace, host.owner.text(),
           "publish.claims is namespace, expected a name below " + std::string(ns) + "." + zone->apex().text()});
    } else {
      if (zone->file_decides(host.owner)) skips.push_back(skipped_for_file(host.owner));
      return false;
    }
    return true;
  });
  return skips;
}

void Catalog::State::set_skipped(const Holding& holding, std::vector<Skipped> skips) {
  if (const auto old = skipped.find(&holding); old != skipped.end()) {
    count_skips(old->second, false);
    skipped.erase(old);
  }
  if (skips.empty()) return;
  count_skips(skips, true);
  skipped.emplace(&holding, std::move(skips));
}

void Catalog::State::count_skips(const std::vector<Skipped>& skips, bool added) {
  std::array<bool, kSkipReasons> seen{};  // an object counts once a reason
  for (const Skipped& skip : skips) {
    const auto reason = static_cast<size_t>(skip.reason);
    if (std::exchange(seen[reason], true)) continue;
    counts.skipped[reason].fetch_add(added ? 1 : ~uint64_t{0}, std::memory_order_relaxed);
  }
}

// Deciding -----------------------------------------------------------------------------------------------------------

void Catalog::State::settle() {
  using Change = Touched::Change;
  balance_namespaces();
  forget_repeated_touches();
  for (Touched& each : touched) decide(each);
  // In this order no name that is there before and after is missing in between.
  std::vector<Zone*> changed;
  for (const Change change : {Change::kInsert, Change::kReplace, Change::kRemove}) {
    for (Touched& each : touched) {
      if (each.change != change) continue;
      carry_out(each);
      changed.push_back(each.zone);
    }
  }
  std::ranges::sort(changed);
  changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  for (Zone* zone : changed) zone->step_serial(unix_now());
  counts.conflicts.store(claims.conflicts(), std::memory_order_relaxed);
  if (!changed.empty()) ++version;  // a serial
  touched.clear();
  if (copied) std::ranges::move(withdrawn, std::back_inserter(kept));
  withdrawn.clear();
  derived.clear();
  derived_of.clear();
  directory.epochs().reclaim();
}

void Catalog::State::decide(Touched& each) {
  using Change = Touched::Change;
  name.parse(each.owner, directory.key());
  if (name.labels() == each.zone->apex_labels()) return decide_apex(each);
  const OwnerNode* current = each.zone->find(name);
  const bool served = current != nullptr && !current->is_empty_nonterminal();
  if (!compose(*each.zone, each.owner)) {
    each.change = served ? Change::kRemove : Change::kNone;
    return;
  }
  if (served && builder.same_as(*current)) return;
  each.change = served ? Change::kReplace : Change::kInsert;
  each.node = builder.finish();
}

/// Of a zone for one address: the apex itself has the PTR records, and the step of the serial makes it anew.
void Catalog::State::decide_apex(Touched& each) {
  std::vector<Name> hosts = hosts_of(each.owner);
  if (hosts == each.zone->apex_hosts()) return;
  each.zone->set_apex_hosts(std::move(hosts));
  each.change = Touched::Change::kReplace;
}

void Catalog::State::carry_out(Touched& each) {
  if (each.owner.size() == each.zone->apex().wire().size()) return;
  name.parse(each.owner, directory.key());
  if (each.node) {
    each.zone->put(name, std::move(each.node));
  } else {
    each.zone->remove(name);
  }
}

}  // namespace meshdns
