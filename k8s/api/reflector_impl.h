#pragma once

// The reflector from within: its states, and what it knows in them. Of reflector.cc, where the requests and the way from state
// to state are, and of reflector_trouble.cc, where all is that may go wrong on it.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "k8s/api/api_client.h"
#include "k8s/api/api_objects.h"
#include "k8s/api/list_decoder.h"
#include "k8s/api/reflector.h"
#include "k8s/api/timer.h"
#include "k8s/api/trouble.h"
#include "k8s/api/watch_decoder.h"

namespace meshdns {

class Reflector::Impl final : private HttpReceiver {
 public:
  Impl(ApiClient& client, Resource resource, Source& source, ObjectHandler& handler, Backoff backoff);
  ~Impl() override { client_.cancel(request_); }

  void start() { enter(State::kDiscovering); }
  void list_again();

 private:
  enum class State { kDiscovering, kStreamListing, kListing, kProbing, kWatching };

  void on_headers(int status, std::chrono::seconds retry_after) override;
  void on_body(std::string_view bytes) override;
  void on_pause() override;
  void on_done(const HttpError* error) override;

  void enter(State state);
  void retry(State state, std::chrono::milliseconds delay);
  void retry_from_list();
  std::string path();
  std::chrono::seconds silence() const;
  bool accepted() const { return status_ == 200; }
  bool mirrors() const { return state_ == State::kWatching || state_ == State::kProbing; }
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
  void watch_mended();
  void watch_over(const HttpError* error);

  void unreachable(const HttpError& error);
  void silent(const HttpError& error);
  State after_break();
  State after_failure() const;
  State by_pages();
  bool try_again(bool others);
  void unidentified(const HttpError& error);
  void refused(const ApiStatus& status);
  void not_found();
  void forbidden(const ApiStatus& status);
  void expired(const ApiStatus& status);
  void failed(SourceError kind, const ApiStatus& status);
  void misunderstood(const std::string& problem);

  std::chrono::milliseconds backoff() { return backoff_.next(Backoff::Clock::now()); }

  ApiClient& client_;
  const Resource resource_;
  Source& source_;
  ObjectHandler& handler_;
  Backoff backoff_;
  Backoff connect_backoff_;
  Backoff list_backoff_;
  Trouble trouble_;
  Timer timer_;

  State state_ = State::kDiscovering;  // of the request under way, or of the one that the timer will begin
  std::vector<std::string> versions_;  // served and understood, still to be tried; the first is in use
  bool can_stream_list_ = true;        // not refused since the last list
  bool listed_ = false;                // a list has begun once
  uint64_t objects_ = 0;               // of the list under way
  unsigned page_limit_;
  std::string next_page_;         // the token of the page to ask for; empty for the first
  std::string resource_version_;  // to watch from

  HttpClient::Id request_ = 0;
  int status_ = 0;  // HTTP's, of the response under way; 0 before its headers
  std::chrono::seconds retry_after_{0};
  bool tried_again_ = false;          // with other credentials, at once, and refused again
  Backoff::Clock::time_point began_;  // the request
  uint64_t events_ = 0;               // of the stream under way
  std::string body_;
  std::optional<ApiStatus> stream_error_;  // the ERROR event that ended the stream
  ListDecoder list_decoder_;
  WatchDecoder watch_decoder_;
};

}  // namespace meshdns
