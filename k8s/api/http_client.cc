#include "k8s/api/http_client.h"

#include <curl/curl.h>
#include <uv.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <utility>
#include <vector>

#include "k8s/api/timer.h"
#include "k8s/api/transfer.h"

namespace meshdns {
namespace {

struct CleanMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

struct ClosePoll {
  void operator()(uv_poll_t* poll) const {
    uv_close(reinterpret_cast<uv_handle_t*>(poll),
             [](uv_handle_t* closed) { delete reinterpret_cast<uv_poll_t*>(closed); });
  }
};

}  // namespace

class HttpClient::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(uv_loop_t* loop, TlsSettings tls, std::string proxy);
  ~Impl();

  Id reserve() { return ++last_id_; }
  void send(HttpRequest request, HttpReceiver& receiver, Id id);
  void cancel(Id id);
  void rotate(TlsSettings tls);
  void cancel_all();

 private:
  static int on_socket(CURL*, curl_socket_t socket, int what, void* context, void*);
  static int on_timeout(CURLM*, long milliseconds, void* context);
  static void on_ready(uv_poll_t* poll, int status, int events);
  void drive(curl_socket_t socket, int events);
  void settle();
  void tell_pauses();
  void reconcile();
  void end_rotated();
  void finish(CURL* easy, CURLcode code);
  void remove(std::map<Id, std::unique_ptr<Transfer>>::iterator transfer);

  uv_loop_t* loop_;
  TlsSettings tls_;
  const std::string proxy_;
  Id last_id_ = 0;
  bool inside_ = false;  // of libcurl, which then refuses to add or remove transfers
  std::map<Id, std::unique_ptr<Transfer>> transfers_;
  std::map<curl_socket_t, std::unique_ptr<uv_poll_t, ClosePoll>> polls_;
  Timer timer_;
  Timer rotation_;
  std::unique_ptr<CURLM, CleanMulti> multi_;
};

HttpClient::Impl::Impl(uv_loop_t* loop, TlsSettings tls, std::string proxy)
    : loop_(loop),
      tls_(std::move(tls)),
      proxy_(std::move(proxy)),
      timer_(loop, [this] { drive(CURL_SOCKET_TIMEOUT, 0); }),
      rotation_(loop, [this] { end_rotated(); }) {
  static const bool once = [] {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    // OpenSSL says goodbye to a peer that has gone; without this, that would end the process (see CURLOPT_NOSIGNAL).
    std::signal(SIGPIPE, SIG_IGN);
    return true;
  }();
  static_cast<void>(once);
  multi_.reset(curl_multi_init());
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, on_timeout);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERDATA, this);
}

HttpClient::Impl::~Impl() {
  while (!transfers_.empty()) remove(transfers_.begin());
  multi_.reset();  // while the maps that its callbacks use are there
}

void HttpClient::Impl::send(HttpRequest request, HttpReceiver& receiver, Id id) {
  auto transfer = make_transfer(std::move(request), tls_, proxy_);
  transfer->id = id;
  transfer->receiver = &receiver;
  transfers_.emplace(id, std::move(transfer));
  if (!inside_) reconcile();
}

void HttpClient::Impl::cancel(Id id) {
  const auto found = transfers_.find(id);
  if (found == transfers_.end()) return;
  found->second->receiver = nullptr;
  if (!inside_) remove(found);
}

void HttpClient::Impl::rotate(TlsSettings tls) {
  tls_ = std::move(tls);
  for (auto& [id, transfer] : transfers_) transfer->rotated = true;
  rotation_.start(std::chrono::milliseconds{0});
}

void HttpClient::Impl::end_rotated() {
  const auto self = shared_from_this();  // a receiver may destroy the client
  const HttpError rotated{HttpError::Kind::kRotated, 0, "the TLS settings have changed"};
  const auto is_rotated = [](const auto& transfer) { return transfer.second->rotated; };
  for (;;) {  // from the beginning each time, as a receiver may change the map
    const auto found = std::find_if(transfers_.begin(), transfers_.end(), is_rotated);
    if (found == transfers_.end()) return;
    HttpReceiver* receiver = found->second->receiver;
    remove(found);
    if (receiver != nullptr) receiver->on_done(&rotated);
  }
}

void HttpClient::Impl::cancel_all() {
  for (auto& [id, transfer] : transfers_) transfer->receiver = nullptr;
}

void HttpClient::Impl::remove(std::map<Id, std::unique_ptr<Transfer>>::iterator transfer) {
  // Out of the map first: removing a transfer may call on_socket(), and destroying its receiver must not find it here.
  const auto removed = transfers_.extract(transfer);
  if (removed.mapped()->added) curl_multi_remove_handle(multi_.get(), removed.mapped()->easy.get());
}

int HttpClient::Impl::on_socket(CURL*, curl_socket_t socket, int what, void* context, void*) {
  auto& self = *static_cast<Impl*>(context);
  if (what == CURL_POLL_REMOVE) {
    self.polls_.erase(socket);
    return 0;
  }
  auto& poll = self.polls_[socket];
  if (!poll) {
    auto fresh = std::make_unique<uv_poll_t>();
    if (uv_poll_init_socket(self.loop_, fresh.get(), socket) != 0) {
      self.polls_.erase(socket);
      return -1;
    }
    fresh->data = context;
    poll.reset(fresh.release());
  }
  const int events = ((what & CURL_POLL_IN) != 0 ? UV_READABLE : 0) | ((what & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0);
  return uv_poll_start(poll.get(), events, on_ready) == 0 ? 0 : -1;
}

int HttpClient::Impl::on_timeout(CURLM*, long milliseconds, void* context) {
  auto& self = *static_cast<Impl*>(context);
  if (milliseconds < 0) {
    self.timer_.stop();
  } else {
    self.timer_.start(std::chrono::milliseconds(milliseconds));
  }
  return 0;
}

void HttpClient::Impl::on_ready(uv_poll_t* poll, int status, int events) {
  uv_os_fd_t socket = -1;
  uv_fileno(reinterpret_cast<uv_handle_t*>(poll), &socket);
  int ready = status < 0 ? CURL_CSELECT_ERR : 0;
  if ((events & UV_READABLE) != 0) ready |= CURL_CSELECT_IN;
  if ((events & UV_WRITABLE) != 0) ready |= CURL_CSELECT_OUT;
  static_cast<Impl*>(poll->data)->drive(socket, ready);
}

void HttpClient::Impl::drive(curl_socket_t socket, int events) {
  const auto self = shared_from_this();  // a receiver may destroy the client
  int running = 0;
  inside_ = true;
  curl_multi_socket_action(multi_.get(), socket, events, &running);
  inside_ = false;
  settle();
}

void HttpClient::Impl::settle() {
  tell_pauses();
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg == CURLMSG_DONE) finish(message->easy_handle, message->data.result);
  }
  reconcile();
}

void HttpClient::Impl::tell_pauses() {
  std::vector<Id> heard;  // aside, as a receiver may change the map
  for (const auto& [id, transfer] : transfers_) {
    if (std::exchange(transfer->heard, false)) heard.push_back(id);
  }
  for (const Id id : heard) {
    const auto found = transfers_.find(id);
    if (found != transfers_.end() && found->second->receiver != nullptr) found->second->receiver->on_pause();
  }
}

// Removes and adds what could not be removed and added inside libcurl.
void HttpClient::Impl::reconcile() {
  for (auto next = transfers_.begin(); next != transfers_.end();) {
    const auto transfer = next++;
    if (transfer->second->receiver == nullptr) {
      remove(transfer);
    } else if (!transfer->second->added) {
      transfer->second->added = true;
      curl_multi_add_handle(multi_.get(), transfer->second->easy.get());
    }
  }
}

void HttpClient::Impl::finish(CURL* easy, CURLcode code) {
  Transfer* transfer = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
  HttpReceiver* receiver = transfer->receiver;
  const HttpError error = describe(*transfer, code);
  remove(transfers_.find(transfer->id));
  if (receiver != nullptr) receiver->on_done(code == CURLE_OK ? nullptr : &error);
}

HttpClient::HttpClient(uv_loop_t* loop, TlsSettings tls, std::string proxy)
    : impl_(std::make_shared<Impl>(loop, std::move(tls), std::move(proxy))) {}

HttpClient::~HttpClient() { impl_->cancel_all(); }

HttpClient::Id HttpClient::reserve() { return impl_->reserve(); }

HttpClient::Id HttpClient::send(HttpRequest request, HttpReceiver& receiver, Id id) {
  impl_->send(std::move(request), receiver, id);
  return id;
}

void HttpClient::cancel(Id id) { impl_->cancel(id); }

void HttpClient::rotate(TlsSettings tls) { impl_->rotate(std::move(tls)); }

}  // namespace meshdns
