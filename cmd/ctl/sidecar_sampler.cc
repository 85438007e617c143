#include "cmd/ctl/sidecar_sampler.h"

#include <algorithm>
#include <utility>

#include "cmd/ctl/sidecar.h"
#include "cmd/event_loop.h"
#include "k8s/api/http_client.h"
#include "k8s/api/timer.h"

namespace meshdns {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

namespace {

constexpr int kPauses = 4;  // longer than an answer took
// Without a byte: the sidecar's main thread is busy, or it is gone.
constexpr std::chrono::seconds kSilence{5};

}  // namespace

class SidecarSampler::Impl : public HttpReceiver {
 public:
  Impl(EventLoop& loop, std::string url, milliseconds every, OnPage on_page)
      : url_(std::move(url)),
        every_(every),
        on_page_(std::move(on_page)),
        client_(&loop.get(), {}),
        next_(&loop.get(), [this] { ask(); }) {
    next_.start(milliseconds(0));
  }

  void on_headers(int status, std::chrono::seconds) override { status_ = status; }
  void on_body(std::string_view bytes) override {
    if (page_.size() + bytes.size() <= kLargestSidecarPage) {
      page_ += bytes;
      return;
    }
    client_.cancel(id_);
    go_on();
  }
  void on_pause() override {}
  void on_done(const HttpError* error) override {
    if (error == nullptr && status_ == 200) on_page_(page_, asked_);
    go_on();
  }

 private:
  void ask() {
    page_.clear();
    status_ = 0;
    asked_ = Clock::now();
    id_ = client_.send({.url = url_, .headers = {}, .silence = kSilence}, *this);
  }

  void go_on() {
    const auto now = Clock::now();
    const auto due = std::max(asked_ + every_, now + kPauses * (now - asked_));
    next_.start(std::chrono::ceil<milliseconds>(due - now));
  }

  const std::string url_;
  const milliseconds every_;
  const OnPage on_page_;
  HttpClient client_;
  Timer next_;
  HttpClient::Id id_ = 0;
  int status_ = 0;
  std::string page_;
  Clock::time_point asked_;
};

SidecarSampler::SidecarSampler(EventLoop& loop, std::string url, milliseconds every, OnPage on_page)
    : impl_(std::make_unique<Impl>(loop, std::move(url), every, std::move(on_page))) {}

SidecarSampler::~SidecarSampler() = default;

}  // namespace meshdns
