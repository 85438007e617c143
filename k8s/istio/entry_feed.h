#pragma once

// From ServiceEntries to the catalog: publishes what a source delivers and applies it in batches. Every source of
// ServiceEntries, a cluster or files, has one and delivers through it.
//
// Threads: the control thread alone.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "k8s/istio/publisher.h"
#include "k8s/istio/skip_log.h"
#include "zone/publication.h"
#include "zone/sources.h"

namespace meshdns {

class Catalog;

class EntryFeed {
 public:
  /// Called when a batch is answerable, with the seconds since its first event and the objects in it.
  using Observer = std::function<void(double seconds, size_t objects)>;

  /// `id` is the place of `source` among the catalog's sources. Catalog and source must outlive the feed.
  EntryFeed(Catalog& catalog, Source& source, SourceId id, PublishRules rules, Observer observer);

  Source& source() { return source_; }

  /// Something happened at the source: time runs from here until the next flush().
  void event();

  /// The object exists, with this content; what it publishes is collected until the next flush(). The last word about
  /// an object counts.
  void upsert(ServiceEntry entry);

  /// The object (namespace/name) is gone.
  void remove(const std::string& object);

  /// Applies what was collected.
  void flush();

  /// A list of all that the source, or one namespace of it, has begins.
  uint32_t begin_list();

  /// The list is complete, and applied: the objects that it does not have, though they are served. `name_space` is empty for all.
  [[nodiscard]] std::vector<std::string> finish_list(uint32_t list, const std::string& name_space);

  /// What the object publishes, as of the last word about it; nothing where it is gone.
  std::optional<Publication> published(const std::string& object) const;

  /// Publishes again what published() told before the object was removed, unless something was said about it since the last flush().
  void put_back(Publication publication);

  /// The source has delivered all that it has.
  void set_synced();

 private:
  Catalog& catalog_;
  Source& source_;
  SourceId id_;
  PublishRules rules_;
  Observer observer_;
  SkipLog skip_log_;
  std::unordered_map<std::string, std::optional<Publication>> collected_;  // by object; nothing: it is gone
  std::optional<std::chrono::steady_clock::time_point> first_event_;       // since the last flush
};

}  // namespace meshdns
