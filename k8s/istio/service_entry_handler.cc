#include "k8s/istio/service_entry_handler.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "k8s/istio/entry_feed.h"

namespace meshdns {

ServiceEntryHandler::ServiceEntryHandler(EntryFeed& feed, Scope scope, std::function<void()> listed)
    : feed_(feed), scope_(scope), listed_(std::move(listed)) {}

void ServiceEntryHandler::list_begins() {
  if (scope_ == Scope::kSource) {
    feed_.begin_list();
  } else {
    unlisted_ = objects_;
  }
}

void ServiceEntryHandler::upsert(std::string_view json) {
  feed_.event();
  auto entry = parse_service_entry(json);
  if (!entry) {
    feed_.source().count_error(SourceError::kProtocol);
    spdlog::warn("source {}: passed over an object that is no ServiceEntry: {}", feed_.source().name(), entry.error());
    return;
  }
  if (scope_ == Scope::kNamespace) {
    unlisted_.erase(entry->object());
    objects_.insert(entry->object());
  }
  feed_.upsert(*std::move(entry));
}

void ServiceEntryHandler::remove(std::string_view json) {
  feed_.event();
  const auto entry = parse_service_entry(json);
  if (!entry) return;  // nor was it served
  unlisted_.erase(entry->object());
  objects_.erase(entry->object());
  feed_.remove(entry->object());
}

void ServiceEntryHandler::list_ends() {
  if (scope_ == Scope::kSource) {
    feed_.finish_list();
  } else {
    for (const std::string& object : unlisted_) {
      objects_.erase(object);
      feed_.remove(object);
    }
    unlisted_.clear();
    feed_.flush();
  }
  listed_();
}

void ServiceEntryHandler::flush() { feed_.flush(); }

}  // namespace meshdns
