#include "cmd/ctl/fetch.h"

#include <optional>
#include <string_view>
#include <utility>

#include "cmd/duration.h"
#include "cmd/event_loop.h"
#include "k8s/api/http_client.h"

namespace meshdns {
namespace {

constexpr size_t kLargestBody = 16 << 20;

class Receiver : public HttpReceiver {
 public:
  Receiver(EventLoop& loop, std::chrono::milliseconds patience)
      : loop_(loop), error_("no answer within " + format_duration(patience)) {}

  void on_headers(int status, std::chrono::seconds) override { fetched_.status = status; }

  void on_body(std::string_view bytes) override {
    if (fetched_.body.size() + bytes.size() > kLargestBody) return end("more than 16 MiB came");
    fetched_.body += bytes;
  }

  void on_pause() override {}

  void on_done(const HttpError* error) override {
    if (error != nullptr) return end(error->text);
    end(std::nullopt);
  }

  Result<Fetched> result() && {
    if (error_) return Error{*error_};
    return std::move(fetched_);
  }

 private:
  /// The first end counts: what has arrived already is delivered behind it.
  void end(std::optional<std::string> error) {
    if (!std::exchange(ended_, true)) error_ = std::move(error);
    loop_.stop();
  }

  EventLoop& loop_;
  bool ended_ = false;
  std::optional<std::string> error_;  // until all has come
  Fetched fetched_{};
};

}  // namespace

Result<Fetched> fetch(const std::string& url, std::chrono::milliseconds patience) {
  EventLoop loop;
  Receiver receiver(loop, patience);
  HttpClient client(&loop.get(), {});
  client.get({.url = url, .headers = {}}, receiver);
  loop.after(patience, [&loop] { loop.stop(); });
  loop.run();
  return std::move(receiver).result();
}

}  // namespace meshdns
