#include "k8s/api/http_client.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <uv.h>

#include <array>
#include <cstring>
#include <map>
#include <utility>

#include "k8s/api/timer.h"
#include "k8s/api/url.h"

namespace meshdns {
namespace {

constexpr long kConnectSeconds = 10;
constexpr long kKeepaliveIdleSeconds = 15;
constexpr long kKeepaliveIntervalSeconds = 5;
constexpr unsigned kDeadPeerMilliseconds = 30'000;
constexpr long kReceiveBuffer = 128 << 10;
constexpr long kCaCacheSeconds = 300;  // how long a rotated CA file goes unnoticed by new connections

struct CleanEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct CleanMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct ClosePoll {
  void operator()(uv_poll_t* poll) const {
    uv_close(reinterpret_cast<uv_handle_t*>(poll),
             [](uv_handle_t* closed) { delete reinterpret_cast<uv_poll_t*>(closed); });
  }
};

using Headers = std::unique_ptr<curl_slist, FreeList>;

void add_header(Headers& headers, const std::string& line) {
  curl_slist* grown = curl_slist_append(headers.get(), line.c_str());
  if (grown == nullptr) return;
  static_cast<void>(headers.release());
  headers.reset(grown);
}

struct Transfer {
  HttpClient::Id id = 0;
  HttpReceiver* receiver = nullptr;  // null once cancelled
  std::unique_ptr<CURL, CleanEasy> easy{curl_easy_init()};
  Headers headers;
  Headers connect_to;
  std::array<char, CURL_ERROR_SIZE> error{};
  bool added = false;  // to the multi handle
  bool headers_done = false;
};

int on_socket_created(void*, curl_socket_t socket, curlsocktype) {
  const unsigned timeout = kDeadPeerMilliseconds;
  setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
  return CURL_SOCKOPT_OK;
}

size_t on_header_line(char* line, size_t size, size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  const size_t length = size * count;
  const bool last = length <= 2 && (length == 0 || line[0] == '\r' || line[0] == '\n');
  if (transfer.receiver == nullptr) return 0;
  if (!last || transfer.headers_done) return length;
  long status = 0;
  curl_off_t retry_after = 0;
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_RETRY_AFTER, &retry_after);
  if (status < 200) return length;  // 100 Continue: the headers that count are still to come
  transfer.headers_done = true;
  transfer.receiver->on_headers(static_cast<int>(status), std::chrono::seconds(retry_after));
  return transfer.receiver == nullptr ? 0 : length;
}

size_t on_body_bytes(char* bytes, size_t size, size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  if (transfer.receiver != nullptr) transfer.receiver->on_body({bytes, size * count});
  return transfer.receiver == nullptr ? 0 : size * count;
}

void set_pem(CURL* easy, const Pem& pem, CURLoption as_blob, CURLoption as_file) {
  if (!pem.text.empty()) {
    curl_blob blob{const_cast<char*>(pem.text.data()), pem.text.size(), CURL_BLOB_COPY};
    curl_easy_setopt(easy, as_blob, &blob);
  } else if (!pem.file.empty()) {
    curl_easy_setopt(easy, as_file, pem.file.c_str());
  }
}

void set_tls(CURL* easy, const TlsSettings& tls) {
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, tls.insecure ? 0L : 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, tls.insecure ? 0L : 2L);
  if (!tls.ca.empty()) {
    // The system's directory would be trusted besides.
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    set_pem(easy, tls.ca, CURLOPT_CAINFO_BLOB, CURLOPT_CAINFO);
    curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, kCaCacheSeconds);
  }
  set_pem(easy, tls.certificate, CURLOPT_SSLCERT_BLOB, CURLOPT_SSLCERT);
  set_pem(easy, tls.key, CURLOPT_SSLKEY_BLOB, CURLOPT_SSLKEY);
}

void set_transport(CURL* easy) {
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "meshdns");
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, kReceiveBuffer);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, kKeepaliveIdleSeconds);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, kKeepaliveIntervalSeconds);
  curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket_created);
}

// TLS is spoken to the server's other name; the connection, and the Host header, stay those of the URL.
void set_url(Transfer& transfer, const HttpRequest& request, const TlsSettings& tls) {
  std::string url = request.url;
  if (!tls.server_name.empty()) {
    if (const auto renamed = with_host(request.url, tls.server_name)) {
      url = renamed->url;
      add_header(transfer.headers, "Host: " + renamed->authority);
      add_header(transfer.connect_to, "::" + renamed->authority);
      curl_easy_setopt(transfer.easy.get(), CURLOPT_CONNECT_TO, transfer.connect_to.get());
    }
  }
  curl_easy_setopt(transfer.easy.get(), CURLOPT_URL, url.c_str());
}

std::unique_ptr<Transfer> prepare(const HttpRequest& request, const TlsSettings& tls) {
  auto transfer = std::make_unique<Transfer>();
  CURL* easy = transfer->easy.get();
  set_transport(easy);
  set_tls(easy, tls);
  for (const std::string& line : request.headers) add_header(transfer->headers, line);
  set_url(*transfer, request, tls);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers.get());
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.silence.count()));
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error.data());
  curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer.get());
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header_line);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer.get());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body_bytes);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer.get());
  return transfer;
}

HttpError describe(const Transfer& transfer, CURLcode code) {
  long system_error = 0;
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_OS_ERRNO, &system_error);
  if (code == CURLE_COULDNT_CONNECT && system_error != 0) return {code, std::strerror(static_cast<int>(system_error))};
  const bool detailed = transfer.error[0] != '\0';
  return {code, detailed ? transfer.error.data() : curl_easy_strerror(code)};
}

}  // namespace

class HttpClient::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(uv_loop_t* loop, TlsSettings tls);
  ~Impl();

  Id get(const HttpRequest& request, HttpReceiver& receiver);
  void cancel(Id id);
  void cancel_all();

 private:
  static int on_socket(CURL*, curl_socket_t socket, int what, void* context, void*);
  static int on_timeout(CURLM*, long milliseconds, void* context);
  static void on_ready(uv_poll_t* poll, int status, int events);
  void drive(curl_socket_t socket, int events);
  void settle();
  void reconcile();
  void finish(CURL* easy, CURLcode code);
  void remove(std::map<Id, std::unique_ptr<Transfer>>::iterator transfer);

  uv_loop_t* loop_;
  const TlsSettings tls_;
  Id last_id_ = 0;
  bool inside_ = false;  // of libcurl, which then refuses to add or remove transfers
  std::map<Id, std::unique_ptr<Transfer>> transfers_;
  std::map<curl_socket_t, std::unique_ptr<uv_poll_t, ClosePoll>> polls_;
  Timer timer_;
  std::unique_ptr<CURLM, CleanMulti> multi_;
};

HttpClient::Impl::Impl(uv_loop_t* loop, TlsSettings tls)
    : loop_(loop), tls_(std::move(tls)), timer_(loop, [this] { drive(CURL_SOCKET_TIMEOUT, 0); }) {
  static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(global);
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

HttpClient::Id HttpClient::Impl::get(const HttpRequest& request, HttpReceiver& receiver) {
  auto transfer = prepare(request, tls_);
  transfer->id = ++last_id_;
  transfer->receiver = &receiver;
  transfers_.emplace(last_id_, std::move(transfer));
  if (!inside_) reconcile();
  return last_id_;
}

void HttpClient::Impl::cancel(Id id) {
  const auto found = transfers_.find(id);
  if (found == transfers_.end()) return;
  found->second->receiver = nullptr;
  if (!inside_) remove(found);
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
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg == CURLMSG_DONE) finish(message->easy_handle, message->data.result);
  }
  reconcile();
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

HttpClient::HttpClient(uv_loop_t* loop, TlsSettings tls) : impl_(std::make_shared<Impl>(loop, std::move(tls))) {}

HttpClient::~HttpClient() { impl_->cancel_all(); }

HttpClient::Id HttpClient::get(HttpRequest request, HttpReceiver& receiver) { return impl_->get(request, receiver); }

void HttpClient::cancel(Id id) { impl_->cancel(id); }

}  // namespace meshdns
