#include "k8s/istio/entry_feed.h"

#include <utility>

#include "zone/catalog.h"

namespace meshdns {

EntryFeed::EntryFeed(Catalog& catalog, Source& source, SourceId id, PublishRules rules, Observer observer)
    : catalog_(catalog),
      source_(source),
      id_(id),
      rules_(rules),
      observer_(std::move(observer)),
      skip_log_(source.name()) {}

void EntryFeed::event() {
  if (!first_event_) first_event_ = std::chrono::steady_clock::now();
}

void EntryFeed::upsert(ServiceEntry entry) {
  event();
  Publication publication = publish(std::move(entry), rules_);
  std::string object = publication.object;
  collected_.insert_or_assign(std::move(object), std::move(publication));
}

void EntryFeed::remove(const std::string& object) {
  event();
  skip_log_.forget(object);
  collected_.insert_or_assign(object, std::nullopt);
}

void EntryFeed::flush() {
  const auto first_event = std::exchange(first_event_, std::nullopt);
  if (collected_.empty()) return;
  Batch batch;
  for (auto& [object, publication] : collected_) {
    if (publication) {
      batch.upserts.push_back(*std::move(publication));
    } else {
      batch.removals.push_back(object);
    }
  }
  const size_t objects = std::exchange(collected_, {}).size();
  catalog_.apply(id_, batch);
  for (const Publication& each : batch.upserts) skip_log_.note(each.object, catalog_.skipped(id_, each.object));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - *first_event;
  if (observer_) observer_(seconds.count(), objects);
}

uint32_t EntryFeed::begin_list() {
  flush();  // what was delivered before the list does not confirm anything in it
  return catalog_.begin_list(id_);
}

std::vector<std::string> EntryFeed::finish_list(uint32_t list, const std::string& name_space) {
  flush();
  return catalog_.unlisted(id_, list, name_space.empty() ? "" : name_space + "/");
}

std::optional<Publication> EntryFeed::published(const std::string& object) const {
  const auto news = collected_.find(object);
  return news != collected_.end() ? news->second : catalog_.publication(id_, object);
}

void EntryFeed::put_back(Publication publication) {
  event();
  std::string object = publication.object;
  collected_.try_emplace(std::move(object), std::move(publication));
}

void EntryFeed::set_synced() { catalog_.set_synced(id_); }

}  // namespace meshdns
