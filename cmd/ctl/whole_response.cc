#include "cmd/ctl/whole_response.h"

#include <utility>

#include "cmd/duration.h"
#include "cmd/event_loop.h"

namespace meshdns {

WholeResponse::WholeResponse(EventLoop& loop, std::chrono::milliseconds patience, size_t largest)
    : loop_(loop),
      patience_(patience),
      largest_(largest),
      deadline_(&loop.get(), [this] { end("no answer within " + format_duration(patience_)); }) {}

Result<Fetched> WholeResponse::wait() {
  deadline_.start(patience_);
  while (!ended_) loop_.run();
  deadline_.stop();
  if (error_) return Error{*error_};
  return std::move(fetched_);
}

void WholeResponse::on_headers(int status, std::chrono::seconds retry_after) {
  fetched_.status = status;
  fetched_.retry_after = retry_after;
}

void WholeResponse::on_body(std::string_view bytes) {
  if (fetched_.body.size() + bytes.size() > largest_) {
    return end("more than " + std::to_string(largest_ >> 20) + " MiB came");
  }
  fetched_.body += bytes;
}

void WholeResponse::on_done(const HttpError* error) {
  if (error != nullptr) return end(error->text);
  end(std::nullopt);
}

/// The first end counts: what has arrived already is delivered behind it.
void WholeResponse::end(std::optional<std::string> error) {
  if (!std::exchange(ended_, true)) error_ = std::move(error);
  loop_.stop();
}

}  // namespace meshdns
