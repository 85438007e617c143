#include "server/http_protocol.h"

#include <httplib.h>
#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

namespace meshdns {

namespace {

/// What httplib reads its request from and writes its response to. A request that was cut short ends early, which httplib answers
/// with 400.
class MessageStream final : public httplib::Stream {
 public:
  MessageStream(const std::string& request, const IpAddress& client, std::function<bool(std::string_view)> write)
      : request_(request), client_(client), write_(std::move(write)) {}

  bool is_readable() const override { return position_ < request_.size(); }
  bool is_writable() const override { return writable_; }

  ssize_t read(char* out, size_t size) override {
    const size_t n = request_.copy(out, size, position_);
    position_ += n;
    return static_cast<ssize_t>(n);
  }

  ssize_t write(const char* data, size_t size) override {
    writable_ = writable_ && write_({data, size});
    return writable_ ? static_cast<ssize_t>(size) : -1;
  }

  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    ip = client_.text();
    port = 0;
  }
  void get_local_ip_and_port(std::string& ip, int& port) const override {
    ip.clear();
    port = 0;
  }
  // Not the real one: httplib answers 500 where it is FD_SETSIZE or more, as it would select() on it.
  socket_t socket() const override { return -1; }

 private:
  const std::string& request_;
  const IpAddress client_;
  const std::function<bool(std::string_view)> write_;
  size_t position_ = 0;
  bool writable_ = true;
};

bool has_body(const httplib::Request& request) {
  const std::string length = request.get_header_value("Content-Length");
  return request.has_header("Transfer-Encoding") || (!length.empty() && length != "0");
}

void refuse(httplib::Response& response, int status, const char* why) {
  response.status = status;
  response.set_content(why, "text/plain");
}

void fill(httplib::Response& response, AdminResponse ours) {
  response.status = ours.status;
  if (!ours.pieces) {
    response.set_content(ours.body, ours.type);
    return;
  }
  response.set_chunked_content_provider(ours.type, [pieces = std::move(ours.pieces)](size_t, httplib::DataSink& sink) {
    std::string piece;
    const bool more = pieces(piece);
    const bool written = piece.empty() || sink.write(piece.data(), piece.size());
    if (!more) sink.done();
    return written;
  });
}

}  // namespace

class HttpProtocol::Parser final : public httplib::Server {
 public:
  explicit Parser(HttpHandler handler) : handler_(std::move(handler)) {
    svr_sock_ = 0;  // never used, but httplib takes a server without one for one that is shutting down
    set_default_headers({{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}});
    set_expect_100_continue_handler([](const auto&, auto&) { return 417; });
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      answer(request, response);
      return HandlerResponse::Handled;
    });
    set_exception_handler([](const auto& request, auto& response, std::exception_ptr error) {
      try {
        std::rethrow_exception(std::move(error));
      } catch (const std::exception& e) {
        spdlog::error("admin: {} failed: {}", request.path, e.what());
      }
      response.status = 500;
    });
  }

  void serve(MessageStream& stream) {
    bool closed = false;
    // A few dozen ranges of one long body would be put together in memory: there are no ranges here.
    process_request(stream, true, closed, [](httplib::Request& request) { request.ranges.clear(); });
  }

 private:
  void answer(const httplib::Request& request, httplib::Response& response) const {
    if (request.method != "GET" && request.method != "HEAD") {
      response.set_header("Allow", "GET, HEAD");
      return refuse(response, 405, "only GET and HEAD are served here\n");
    }
    if (has_body(request)) return refuse(response, 413, "requests have no body here\n");
    const auto client = IpAddress::parse(request.remote_addr);
    fill(response, handler_({request.path, request.params, *client}));
  }

  const HttpHandler handler_;
};

HttpProtocol::HttpProtocol(HttpHandler handler) : parser_(std::make_unique<Parser>(std::move(handler))) {}
HttpProtocol::~HttpProtocol() = default;

void HttpProtocol::serve(const std::string& request, const IpAddress& client,
                         std::function<bool(std::string_view)> write) const {
  MessageStream stream(request, client, std::move(write));
  try {
    parser_->serve(stream);
  } catch (const std::exception& e) {
    spdlog::error("admin: a response was cut short: {}", e.what());
  }
}

}  // namespace meshdns
