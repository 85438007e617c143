#include "k8s/api/reflector.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <ctime>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "k8s/api/api_client.h"
#include "k8s/api/api_objects.h"
#include "k8s/api/list_decoder.h"
#include "k8s/api/timer.h"
#include "k8s/api/trouble.h"
#include "k8s/api/watch_decoder.h"

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
constexpr unsigned kMaxToldToWait = 10;    // Retry-After is honoured so many times in a row, as by client-go
constexpr seconds kLongestRetryAfter{120};  // what a server may make us wait

}  // namespace

class Reflector::Impl final : private HttpReceiver {
 public:
  Impl(ApiClient& client, Resource resource, Source& source, ObjectHandler& handler, Backoff backoff);
  ~Impl() override { client_.cancel(request_); }

  void start() { enter(State::kDiscovering); }

 private:
  enum class State { kDiscovering, kStreamListing, kListing, kWatching };

  void on_headers(int status, seconds retry_after) override;
  void on_body(std::string_view bytes) override;
  void on_pause() override;
  void on_done(const HttpError* error) override;

  void enter(State state);
  void retry(State state, milliseconds delay);
  void retry_from_list();
  std::string path();
  seconds silence() const;
  bool accepted() const { return status_ == 200; }
  bool streams() const { return state_ == State::kStreamListing || state_ == State::kWatching; }

  void take_small(std::string_view bytes);
  void take_page_part(std::string_view bytes);
  void take_events(std::string_view bytes);
  bool take_event(const WatchEvent& event);

  void discovered();
  void choose_list();
  void begin_list();
  void page_read();
  void list_complete();
  void stream_ended();
  void watch_mended();
  void watch_over(const HttpError* error);

  void unreachable(const HttpError& error);
  void refused(const ApiStatus& status);
  void not_found();
  void forbidden(const ApiStatus& status);
  void expired(const ApiStatus& status);
  void failed(SourceError kind, const ApiStatus& status);
  void misunderstood(const std::string& problem);

  milliseconds backoff() { return backoff_.next(Backoff::Clock::now()); }

  ApiClient& client_;
  const Resource resource_;
  Source& source_;
  ObjectHandler& handler_;
  Backoff backoff_;
  Backoff list_backoff_;
  Trouble trouble_;
  Timer timer_;

  State state_ = State::kDiscovering;  // of the request under way, or of the one that the timer will begin
  std::vector<std::string> versions_;  // served and understood, still to be tried; the first is in use
  bool can_stream_list_ = true;        // not refused since the last list
  bool listed_ = false;                // a list has begun once
  uint64_t objects_ = 0;               // of the list under way
  unsigned page_limit_ = kPageLimit;
  std::string next_page_;         // the token of the page to ask for; empty for the first
  std::string resource_version_;  // to watch from

  HttpClient::Id request_ = 0;
  int status_ = 0;  // HTTP's, of the response under way; 0 before its headers
  seconds retry_after_{0};
  unsigned told_to_wait_ = 0;
  Backoff::Clock::time_point began_;  // the request
  uint64_t events_ = 0;               // of the stream under way
  std::string body_;
  std::optional<ApiStatus> stream_error_;  // the ERROR event that ended the stream
  ListDecoder list_decoder_;
  WatchDecoder watch_decoder_;
};

Reflector::Impl::Impl(ApiClient& client, Resource resource, Source& source, ObjectHandler& handler, Backoff backoff)
    : client_(client),
      resource_(std::move(resource)),
      source_(source),
      handler_(handler),
      backoff_(backoff),
      list_backoff_(std::move(backoff)),
      trouble_(source),
      timer_(client.loop(), [this] { enter(state_); }) {}

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
  request_ = client_.get(path(), silence(), *this);
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
  told_to_wait_ = 0;
  source_.heard(std::time(nullptr));
  if (state_ == State::kStreamListing) begin_list();
  // That a watch is accepted does not mend one that ends at once.
  if (state_ == State::kWatching && !trouble_.is(SourceError::kProtocol)) watch_mended();
}

void Reflector::Impl::on_body(std::string_view bytes) {
  if (!accepted() || state_ == State::kDiscovering) return take_small(bytes);
  source_.heard(std::time(nullptr));
  if (state_ == State::kListing) return take_page_part(bytes);
  take_events(bytes);
}

void Reflector::Impl::on_pause() {
  if (accepted() && streams()) handler_.flush();
}

void Reflector::Impl::on_done(const HttpError* error) {
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
      return stream_ended();
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
  if (++events_ == 1 && state_ == State::kWatching) watch_mended();
  switch (event.type) {
    case WatchEvent::Type::kError:
      stream_error_ = parse_status(event.object);
      return false;
    case WatchEvent::Type::kUpsert:
      handler_.upsert(event.object);
      break;
    case WatchEvent::Type::kDelete:
      handler_.remove(event.object);
      break;
    case WatchEvent::Type::kBookmark:
      break;
  }
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
  body_ = std::string();  // a page's size, which the watch does not need
  handler_.list_ends();
  trouble_.over();
  spdlog::info("source {}: listed {} objects of {}/{}, watching them", source_.name(), objects_, resource_.text(),
               versions_.front());
}

void Reflector::Impl::stream_ended() {
  // Either the server is going down or it took sendInitialEvents for nothing. A paged list is right in both cases.
  can_stream_list_ = false;
  misunderstood("the stream ended before all objects were listed");
}

void Reflector::Impl::watch_mended() {
  if (trouble_.over()) spdlog::info("source {}: watching {} again", source_.name(), resource_.text());
}

void Reflector::Impl::watch_over(const HttpError* error) {
  const auto lived = Backoff::Clock::now() - began_;
  if (error != nullptr) source_.count_error(SourceError::kConnect);
  if (lived >= kShortWatch) return enter(State::kWatching);
  if (events_ == 0) {
    trouble_.begins(SourceError::kProtocol, 0, "a watch of " + resource_.text() + " ended within a second");
  }
  retry(State::kWatching, backoff());
}

// ---- what may go wrong

void Reflector::Impl::unreachable(const HttpError& error) {
  trouble_.begins(SourceError::kConnect, error.kind == HttpError::Kind::kOther ? error.code : 0,
                  "no connection to the API server at " + client_.server() + " (" + printable(error.text) +
                      "), trying again for as long as it takes");
  const auto now = Backoff::Clock::now();
  retry(state_, error.kind == HttpError::Kind::kUnreachable ? backoff_.next_cheap(now) : backoff_.next(now));
}

void Reflector::Impl::refused(const ApiStatus& status) {
  if (status.is_expired()) return expired(status);
  switch (status.code) {
    case 400:
    case 422:
      if (state_ != State::kStreamListing) return failed(SourceError::kProtocol, status);
      can_stream_list_ = false;
      return choose_list();
    case 401:
      client_.unauthorized();
      return failed(SourceError::kUnauthorized, status);
    case 403:
      return forbidden(status);
    case 404:
      return not_found();
    case 429:
      return failed(SourceError::kThrottled, status);
    default:
      return failed(status.code >= 500 ? SourceError::kServer : SourceError::kProtocol, status);
  }
}

void Reflector::Impl::expired(const ApiStatus& status) {
  trouble_.begins(SourceError::kExpired, 0,
                  "the API server no longer knows the state that we have (" + status.message + "), listing all again");
  retry_from_list();
}

void Reflector::Impl::forbidden(const ApiStatus& status) {
  if (state_ == State::kDiscovering) {
    versions_ = resource_.versions;  // those that are not served are not found
    return choose_list();
  }
  const std::string verb = state_ == State::kListing ? "list" : "watch";
  trouble_.begins(SourceError::kForbidden, state_ == State::kListing ? 1 : 0,
                  "the API server forbids to " + verb + " (" + status.message +
                      "), grant the verbs get, list and watch on " + resource_.text());
  retry(state_, backoff_.longest());
}

void Reflector::Impl::not_found() {
  if (state_ == State::kDiscovering) versions_.clear();
  if (!versions_.empty()) versions_.erase(versions_.begin());
  if (!versions_.empty()) return choose_list();
  trouble_.begins(SourceError::kNotFound, 0,
                  resource_.text() + " is not served by " + client_.server() + ", waiting for its CRD to be installed");
  retry(State::kDiscovering, backoff());
}

void Reflector::Impl::failed(SourceError kind, const ApiStatus& status) {
  trouble_.begins(kind, status.code,
                  "the API server at " + client_.server() + " answers " + std::to_string(status.code) + " (" +
                      status.message + "), trying again for as long as it takes");
  // A watch that is refused as wrong would be refused for ever: its resourceVersion is all that may be wrong with it.
  if (kind == SourceError::kProtocol && state_ == State::kWatching) return retry_from_list();
  // A server that says when it will be ready is believed, some times.
  const bool told = status.retry_after > seconds{0} && ++told_to_wait_ <= kMaxToldToWait;
  retry(state_, told ? backoff_.jittered(std::min(status.retry_after, kLongestRetryAfter)) : backoff());
}

void Reflector::Impl::misunderstood(const std::string& problem) {
  trouble_.begins(SourceError::kProtocol, 0,
                  "no sense in what " + client_.server() + " sends (" + problem + "), beginning again");
  state_ == State::kDiscovering ? retry(state_, backoff()) : retry_from_list();
}

Reflector::Reflector(ApiClient& client, Resource resource, Source& source, ObjectHandler& handler, Backoff backoff)
    : impl_(std::make_unique<Impl>(client, std::move(resource), source, handler, std::move(backoff))) {}

Reflector::~Reflector() = default;

void Reflector::start() { impl_->start(); }

}  // namespace meshdns
