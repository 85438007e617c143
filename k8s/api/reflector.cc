#include "k8s/api/reflector.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "k8s/api/reflector_impl.h"
#include "zone/unix_time.h"

namespace meshdns {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr size_t kMaxSmallBody = 1 << 20;  // bytes of an error or of a discovery document: more is not read
constexpr size_t kMaxPage = 16 << 20;      // bytes: larger pages are asked for again with half the objects
constexpr unsigned kPageLimit = 500;       // objects a page, as client-go
constexpr seconds kAnswerSilence{60};      // the API server gives up on a request by itself after 60 s
constexpr seconds kWatchSilence{150};      // a bookmark comes about each minute: this long without one is a dead stream
constexpr unsigned kWatchSeconds = 300;    // and up to as much again at random, so that watches do not end together
constexpr seconds kShortWatch{1};          // a watch that ends sooner was not one

}  // namespace

Reflector::Impl::Impl(ApiClient& client, Resource resource, Source& source, ObjectHandler& handler, Backoff backoff)
    : client_(client),
      resource_(std::move(resource)),
      source_(source),
      handler_(handler),
      backoff_(backoff),
      connect_backoff_(backoff),
      list_backoff_(std::move(backoff)),
      trouble_(source),
      timer_(client.loop(), [this] { enter(state_); }),
      page_limit_(kPageLimit) {}

void Reflector::Impl::list_again() {
  if (!mirrors()) return;
  timer_.stop();
  choose_list();
}

// ---- requests

void Reflector::Impl::enter(State state) {
  client_.cancel(request_);
  state_ = state;
  status_ = 0;
  retry_after_ = seconds{0};
  events_ = 0;
  body_.clear();
  stream_error_.reset();
  watch_decoder_.reset();
  began_ = Backoff::Clock::now();
  request_ = client_.ask({path()}, silence(), *this);
}

void Reflector::Impl::retry(State state, milliseconds delay) {
  client_.cancel(request_);
  state_ = state;
  timer_.start(delay);
}

void Reflector::Impl::retry_from_list() {
  next_page_.clear();
  // By its own backoff: that the API server was away for long is no reason to come late to a list that is due.
  const milliseconds delay = list_backoff_.next(Backoff::Clock::now());
  retry(can_stream_list_ ? State::kStreamListing : State::kListing, delay);
}

std::string Reflector::Impl::path() {
  const auto watch_seconds = [this] {
    return kWatchSeconds + static_cast<unsigned>(kWatchSeconds * backoff_.random());
  };
  switch (state_) {
    case State::kDiscovering:
      return discovery_path(resource_);
    case State::kStreamListing:
      return stream_list_path(resource_, versions_.front(), watch_seconds());
    case State::kListing:
      return list_path(resource_, versions_.front(), page_limit_, next_page_);
    case State::kProbing:
      return probe_path(resource_, versions_.front(), resource_version_);
    case State::kWatching:
      break;
  }
  return watch_path(resource_, versions_.front(), watch_seconds(), resource_version_);
}

seconds Reflector::Impl::silence() const { return streams() ? kWatchSilence : kAnswerSilence; }

// ---- responses

void Reflector::Impl::on_headers(int status, seconds retry_after) {
  status_ = status;
  retry_after_ = retry_after;
  if (!accepted()) return;
  backoff_.accepted();
  tried_again_ = false;
  source_.heard(unix_now());
  if (state_ == State::kStreamListing) begin_list();
  // That a watch is accepted does not mend one that ends at once.
  if (state_ == State::kWatching && !trouble_.is(SourceError::kProtocol)) watch_mended();
}

void Reflector::Impl::on_body(std::string_view bytes) {
  if (!accepted() || state_ == State::kDiscovering || state_ == State::kProbing) return take_small(bytes);
  source_.heard(unix_now());
  if (state_ == State::kListing) return take_page_part(bytes);
  take_events(bytes);
}

void Reflector::Impl::on_pause() {
  if (accepted() && streams()) handler_.flush();
}

void Reflector::Impl::on_done(const HttpError* error) {
  if (error != nullptr && error->kind == HttpError::Kind::kRotated) return enter(state_);
  if (accepted() && state_ == State::kWatching) return watch_over(error);
  if (error != nullptr) return unreachable(*error);
  if (!accepted()) {
    ApiStatus status = parse_status(body_);
    status.code = status_;
    status.retry_after = std::max(status.retry_after, retry_after_);
    return refused(status);
  }
  switch (state_) {
    case State::kDiscovering:
      return discovered();
    case State::kListing:
      return page_read();
    case State::kStreamListing:
      return misunderstood("the stream ended before all objects were listed");
    case State::kProbing:
      return enter(State::kWatching);
    case State::kWatching:
      return;
  }
}

void Reflector::Impl::take_small(std::string_view bytes) {
  body_.append(bytes.substr(0, kMaxSmallBody - std::min(kMaxSmallBody, body_.size())));
}

void Reflector::Impl::take_page_part(std::string_view bytes) {
  body_.append(bytes);
  if (body_.size() <= kMaxPage) return;
  if (page_limit_ == 1) return misunderstood("an object of more than 16 MiB in a list");
  page_limit_ /= 2;
  retry(State::kListing, milliseconds{0});
}

void Reflector::Impl::take_events(std::string_view bytes) {
  const auto wrong = watch_decoder_.feed(bytes, [this](const WatchEvent& event) { return take_event(event); });
  if (!stream_error_ && !wrong) return;
  handler_.flush();  // there will be no pause
  stream_error_ ? refused(*stream_error_) : misunderstood(wrong->message);
}

bool Reflector::Impl::take_event(const WatchEvent& event) {
  if (event.type == WatchEvent::Type::kError) {
    stream_error_ = parse_status(event.object);
    return false;
  }
  if (++events_ == 1 && state_ == State::kWatching) watch_mended();
  if (event.type == WatchEvent::Type::kUpsert) handler_.upsert(event.object);
  if (event.type == WatchEvent::Type::kDelete) handler_.remove(event.object);
  if (state_ == State::kWatching) {
    resource_version_ = event.resource_version;
  } else if (event.initial_events_end) {
    // Only now: the objects of a list come in no order, so that their versions say nothing of how far it is.
    resource_version_ = event.resource_version;
    state_ = State::kWatching;
    list_complete();
  } else {
    ++objects_;
  }
  return true;
}

// ---- from state to state

void Reflector::Impl::discovered() {
  const auto served = parse_group_versions(body_);
  if (!served) return misunderstood("the API group " + resource_.group + " is not described as one");
  versions_.clear();
  for (const std::string& version : resource_.versions) {
    if (std::find(served->begin(), served->end(), version) != served->end()) versions_.push_back(version);
  }
  if (versions_.empty()) return not_found();
  choose_list();
}

void Reflector::Impl::choose_list() {
  next_page_.clear();
  enter(can_stream_list_ ? State::kStreamListing : State::kListing);
}

void Reflector::Impl::begin_list() {
  if (listed_) source_.count_relist();
  listed_ = true;
  objects_ = 0;
  handler_.list_begins();
}

void Reflector::Impl::page_read() {
  if (next_page_.empty()) begin_list();
  const auto page = list_decoder_.decode(body_, [this](std::string_view object) {
    ++objects_;
    handler_.upsert(object);
  });
  handler_.flush();
  if (!page) return misunderstood(page.error());
  next_page_ = page->next;
  if (!next_page_.empty()) return enter(State::kListing);
  resource_version_ = page->resource_version;
  list_complete();
  handler_.flush();
  enter(State::kWatching);
}

void Reflector::Impl::list_complete() {
  can_stream_list_ = true;  // a server that refused it may have been replaced by the next time
  page_limit_ = kPageLimit;
  body_ = std::string();  // a page's size, which the watch does not need, nor what the decoder took to read it
  list_decoder_ = ListDecoder();
  handler_.list_ends();
  trouble_.over();
  spdlog::info("source {}: listed {} objects of {}/{}, watching them", source_.name(), objects_, resource_.text(),
               versions_.front());
}

void Reflector::Impl::watch_mended() {
  if (trouble_.over()) spdlog::info("source {}: watching {} again", source_.name(), resource_.text());
}

void Reflector::Impl::watch_over(const HttpError* error) {
  if (error != nullptr && error->kind == HttpError::Kind::kSilent) return silent(*error);
  if (Backoff::Clock::now() - began_ >= kShortWatch) {
    if (error == nullptr) return enter(State::kWatching);
    source_.count_error(SourceError::kConnect);
    return enter(State::kProbing);
  }
  if (error != nullptr) return unreachable(*error);
  if (events_ == 0) {
    trouble_.begins(SourceError::kProtocol, 0, "a watch of " + resource_.text() + " ended within a second");
  }
  retry(State::kWatching, backoff());
}

Reflector::Reflector(ApiClient& client, Resource resource, Source& source, ObjectHandler& handler, Backoff backoff)
    : impl_(std::make_unique<Impl>(client, std::move(resource), source, handler, std::move(backoff))) {}

Reflector::~Reflector() = default;

void Reflector::start() { impl_->start(); }

void Reflector::list_again() { impl_->list_again(); }

}  // namespace meshdns
