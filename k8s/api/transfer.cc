#include "k8s/api/transfer.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "k8s/api/url.h"

namespace meshdns {
namespace {

constexpr long kConnectSeconds = 10;
constexpr long kKeepaliveIdleSeconds = 15;
constexpr long kKeepaliveIntervalSeconds = 5;
constexpr unsigned kDeadPeerMilliseconds = 30'000;
constexpr long kReceiveBuffer = 128 << 10;

void add_header(HeaderList& headers, const std::string& line) {
  curl_slist* grown = curl_slist_append(headers.get(), line.c_str());
  if (grown == nullptr) return;
  static_cast<void>(headers.release());
  headers.reset(grown);
}

int on_socket_created(void*, curl_socket_t socket, curlsocktype) {
  fcntl(socket, F_SETFD, FD_CLOEXEC);  // not for an exec plugin
  const unsigned timeout = kDeadPeerMilliseconds;
  setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
  return CURL_SOCKOPT_OK;
}

// "Name: value\r\n"
void tell_header(HttpReceiver& receiver, std::string_view line) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || line.starts_with("HTTP/")) return;
  const size_t begin = std::min(line.find_first_not_of(kSpace, colon + 1), line.size());
  const size_t end = line.find_last_not_of(kSpace) + 1;
  receiver.on_header(line.substr(0, colon), line.substr(begin, std::max(begin, end) - begin));
}

size_t on_header_line(char* line, size_t size, size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  const size_t length = size * count;
  const bool last = length <= 2 && (length == 0 || line[0] == '\r' || line[0] == '\n');
  if (transfer.receiver == nullptr) return 0;
  long status = 0;
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
  if (transfer.headers_done || status < 200) return length;  // 100 Continue: the headers that count are still to come
  if (!last) {
    tell_header(*transfer.receiver, {line, length});
    return transfer.receiver == nullptr ? 0 : length;
  }
  curl_off_t retry_after = 0;
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_RETRY_AFTER, &retry_after);
  transfer.headers_done = true;
  transfer.receiver->on_headers(static_cast<int>(status), std::chrono::seconds(retry_after));
  return transfer.receiver == nullptr ? 0 : length;
}

size_t on_body_bytes(char* bytes, size_t size, size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  transfer.heard = true;
  if (transfer.receiver != nullptr) transfer.receiver->on_body({bytes, size * count});
  return transfer.receiver == nullptr ? 0 : size * count;
}

// As text, never as a file: libcurl takes a connection up again where CA and certificate are the same text, and a cache of its own
// would hide that a file has changed.
void set_pem(CURL* easy, const Pem& pem, CURLoption option) {
  if (pem.text.empty()) return;
  curl_blob blob{const_cast<char*>(pem.text.data()), pem.text.size(), CURL_BLOB_COPY};
  curl_easy_setopt(easy, option, &blob);
}

void set_tls(CURL* easy, const TlsSettings& tls) {
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, tls.insecure ? 0L : 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, tls.insecure ? 0L : 2L);
  if (!tls.ca.empty()) {
    // The system's authorities would be trusted besides.
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    curl_easy_setopt(easy, CURLOPT_CAINFO, nullptr);
    set_pem(easy, tls.ca, CURLOPT_CAINFO_BLOB);
  }
  set_pem(easy, tls.certificate, CURLOPT_SSLCERT_BLOB);
  set_pem(easy, tls.key, CURLOPT_SSLKEY_BLOB);
}

// As with kubectl, the cluster's authorities are those of an https proxy, too, and a SOCKS proxy resolves the server's name.
void set_proxy(CURL* easy, const std::string& proxy, const TlsSettings& tls) {
  constexpr std::string_view kSocks = "socks5:";
  const std::string url = proxy.starts_with(kSocks) ? "socks5h:" + proxy.substr(kSocks.size()) : proxy;
  curl_easy_setopt(easy, CURLOPT_PROXY, url.c_str());
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYPEER, tls.insecure ? 0L : 1L);
  curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYHOST, tls.insecure ? 0L : 2L);
  if (tls.ca.empty()) return;
  curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, nullptr);
  curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, nullptr);
  set_pem(easy, tls.ca, CURLOPT_PROXY_CAINFO_BLOB);
}

void set_transport(CURL* easy) {
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
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

void set_body(Transfer& transfer, std::string body, const std::string& method) {
  CURL* easy = transfer.easy.get();
  if (!body.empty()) {
    transfer.body = std::move(body);
    add_header(transfer.headers, "Expect:");  // a refusal that saves us the body is not worth waiting for
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, transfer.body.data());
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
}

HttpError::Kind kind(CURL* easy, CURLcode code) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
      return HttpError::Kind::kUntrusted;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:  // a handshake that broke off; a certificate that is wrong is another code
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PROXY:
      break;
    default:
      return HttpError::Kind::kOther;
  }
  curl_off_t connected = 0;  // microseconds until the request could be sent; 0 where it could not
  curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
  if (connected == 0) return HttpError::Kind::kUnreachable;
  return code == CURLE_OPERATION_TIMEDOUT ? HttpError::Kind::kSilent : HttpError::Kind::kBroken;
}

}  // namespace

std::unique_ptr<Transfer> make_transfer(HttpRequest request, const TlsSettings& tls, const std::string& proxy) {
  auto transfer = std::make_unique<Transfer>();
  CURL* easy = transfer->easy.get();
  set_transport(easy);
  set_tls(easy, tls);
  set_proxy(easy, proxy, tls);
  for (const std::string& line : request.headers) add_header(transfer->headers, line);
  set_url(*transfer, request, tls);
  set_body(*transfer, std::move(request.body), request.method);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers.get());
  if (request.own_connection) {
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  }
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
  CURL* easy = transfer.easy.get();
  long system_error = 0;
  curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &system_error);
  // libcurl's own text has the time that the attempt took.
  if (code == CURLE_COULDNT_CONNECT && system_error != 0) {
    return {kind(easy, code), code, std::strerror(static_cast<int>(system_error))};
  }
  const bool detailed = transfer.error[0] != '\0';
  return {kind(easy, code), code, detailed ? transfer.error.data() : curl_easy_strerror(code)};
}

}  // namespace meshdns
