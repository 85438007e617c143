#include <utility>

#include "k8s/api/reflector_impl.h"

namespace meshdns {

// Where files have other credentials or authorities by now, there is no reason to wait: once, as those may be refused, too.
bool Reflector::Impl::try_again(bool others) {
  if (!others || std::exchange(tried_again_, true)) return false;
  enter(state_);
  return true;
}

void Reflector::Impl::unreachable(const HttpError& error) {
  const bool untrusted = error.kind == HttpError::Kind::kUntrusted;
  if (untrusted && try_again(client_.untrusted())) return;
  if (error.kind == HttpError::Kind::kIdentity) return unidentified(error);
  const std::string proxy = client_.proxy().empty() ? "" : " through the proxy " + client_.proxy();
  trouble_.begins(SourceError::kConnect, untrusted || error.kind == HttpError::Kind::kOther ? error.code : 0,
                  "no connection to the API server at " + client_.server() + proxy + " (" + printable(error.text) +
                      "), trying again for as long as it takes");
  const auto now = Backoff::Clock::now();
  const bool cheap = untrusted || error.kind == HttpError::Kind::kUnreachable;
  // By its own backoff: one that has just started refuses some requests, and its being away is no reason to wait long for the next.
  retry(after_break(), cheap ? connect_backoff_.next_cheap(now) : connect_backoff_.next(now));
}

Reflector::Impl::State Reflector::Impl::after_break() {
  if (state_ == State::kStreamListing && accepted()) return by_pages();
  return after_failure();
}

// Where a server was away, or is not well, its etcd may have been restored.
Reflector::Impl::State Reflector::Impl::after_failure() const {
  return state_ == State::kWatching ? State::kProbing : state_;
}

// What cannot send a stream, or cuts it, may send pages or let them pass.
Reflector::Impl::State Reflector::Impl::by_pages() {
  can_stream_list_ = false;
  next_page_.clear();
  return State::kListing;
}

void Reflector::Impl::silent(const HttpError& error) {
  trouble_.begins(SourceError::kConnect, 0,
                  "a watch of " + resource_.text() + " is dead or from another time (" + printable(error.text) +
                      "), listing all again");
  retry_from_list();
}

void Reflector::Impl::unidentified(const HttpError& error) {
  trouble_.begins(SourceError::kUnauthorized, 0,
                  "no credentials for the API server at " + client_.server() + " (" + error.text +
                      "), trying again for as long as it takes");
  retry(state_, backoff());
}

void Reflector::Impl::refused(const ApiStatus& status) {
  if (status.is_expired()) return expired(status);
  switch (status.code) {
    case 400:
    case 422:
      if (state_ == State::kProbing) return enter(State::kWatching);  // a server that cannot tell
      if (state_ != State::kStreamListing) return failed(SourceError::kProtocol, status);
      can_stream_list_ = false;
      return choose_list();
    case 401:
      return try_again(client_.unauthorized()) ? source_.count_error(SourceError::kUnauthorized)
                                               : failed(SourceError::kUnauthorized, status);
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
  const bool lists = state_ == State::kListing || state_ == State::kProbing;
  const std::string verb = lists ? "list" : "watch";
  trouble_.begins(SourceError::kForbidden, lists ? 1 : 0,
                  "the API server forbids to " + verb + " (" + status.message +
                      "), grant the verbs get, list and watch on " + resource_.text());
  // Not the longest wait at once: an API server that has just started forbids everything until it has read its roles.
  retry(state_, backoff());
}

void Reflector::Impl::not_found() {
  // What was served until now is gone, or is served in other versions.
  if (mirrors()) return retry(State::kDiscovering, list_backoff_.next(Backoff::Clock::now()));
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
  // What is wrong with a request would stay wrong: its resourceVersion, or the token of its page.
  if (kind == SourceError::kProtocol && state_ != State::kDiscovering) return retry_from_list();
  State next = state_;
  if (kind == SourceError::kServer) next = state_ == State::kStreamListing ? by_pages() : after_failure();
  if (const auto told = backoff_.told(status.retry_after)) return retry(next, *told);
  // Other credentials may come at any time.
  const auto now = Backoff::Clock::now();
  retry(next, kind == SourceError::kUnauthorized ? backoff_.next_cheap(now) : backoff_.next(now));
}

void Reflector::Impl::misunderstood(const std::string& problem) {
  trouble_.begins(SourceError::kProtocol, 0,
                  "no sense in what " + client_.server() + " sends (" + problem + "), beginning again");
  if (state_ == State::kDiscovering) return retry(state_, backoff());
  if (state_ == State::kStreamListing) can_stream_list_ = false;  // pages may be understood
  retry_from_list();
}

}  // namespace meshdns
