#include "cmd/ctl/paced_requests.h"

#include <algorithm>
#include <csignal>
#include <memory>
#include <utility>
#include <vector>

#include "cmd/duration.h"
#include "cmd/event_loop.h"
#include "k8s/api/http_client.h"
#include "k8s/api/timer.h"

namespace meshdns {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// A body that goes on after this is not read to its end: who answered is known.
constexpr size_t kMostRead = 1 << 20;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

class Sender;

/// A place for one request at a time.
class Slot : public HttpReceiver {
 public:
  Slot(Sender& sender, uv_loop_t* loop);

  bool busy() const { return id_ != 0; }
  void begin();
  void end(std::string error);
  void give_up();

  void on_header(std::string_view name, std::string_view value) override;
  void on_headers(int status, std::chrono::seconds) override { answer_.status = status; }
  void on_body(std::string_view bytes) override;
  void on_pause() override {}
  void on_done(const HttpError* error) override { end(error == nullptr ? "" : error->text); }

 private:
  Sender& sender_;
  Timer deadline_;
  HttpClient::Id id_ = 0;
  size_t read_ = 0;
  PacedAnswer answer_;
};

class Sender {
 public:
  Sender(const PacedPlan& plan, const std::function<void(const PacedAnswer&)>& on_answer, const Meanwhile& meanwhile)
      : plan_(plan), on_answer_(on_answer), client_(&loop_.get(), {}), next_(&loop_.get(), [this] { send_due(); }) {
    for (size_t i = 0; i < plan.most_under_way; ++i) slots_.push_back(std::make_unique<Slot>(*this, &loop_.get()));
    for (const int number : {SIGINT, SIGTERM}) {
      loop_.on_signal(number, [this] { interrupt(); });
    }
    if (meanwhile) meanwhile_ = meanwhile(loop_);
  }

  PacedEnd run() {
    due_ = Clock::now();
    end_ = plan_.during > milliseconds(0) ? due_ + plan_.during : Clock::time_point::max();
    next_.start(milliseconds(0));
    while (!over()) loop_.run();
    return {sent_ - given_up_, given_up_, cut_short_};
  }

  const PacedPlan& plan() const { return plan_; }
  HttpClient& client() { return client_; }

  void ended(const PacedAnswer& answer) {
    on_answer_(answer);
    if (over()) return loop_.stop();
    if (!sent_all() && Clock::now() >= due_) next_.start(milliseconds(0));
  }

 private:
  bool sent_all() const { return stopped_ || sent_ == plan_.count || Clock::now() >= end_; }
  bool over() const { return sent_all() && std::ranges::none_of(slots_, &Slot::busy); }

  void send_due() {
    const auto now = Clock::now();
    const auto pause = std::chrono::nanoseconds(std::chrono::seconds(1)) / plan_.per_second;
    due_ = std::max(due_, now - std::chrono::milliseconds(100));  // what was missed is not sent in one burst
    for (const auto& slot : slots_) {
      if (sent_all() || due_ > now) break;
      if (slot->busy()) continue;
      ++sent_;
      due_ += pause;
      slot->begin();
    }
    if (over()) return loop_.stop();
    if (!sent_all() && due_ > now) next_.start(std::chrono::ceil<milliseconds>(due_ - now));
  }

  void interrupt() {
    cut_short_ |= !sent_all();
    if (std::exchange(stopped_, true)) {
      for (const auto& slot : slots_) {
        if (!slot->busy()) continue;
        slot->give_up();
        ++given_up_;
        cut_short_ = true;
      }
    }
    if (over()) loop_.stop();
  }

  const PacedPlan& plan_;
  const std::function<void(const PacedAnswer&)>& on_answer_;
  EventLoop loop_;
  HttpClient client_;
  Timer next_;
  std::vector<std::unique_ptr<Slot>> slots_;
  uint64_t sent_ = 0;
  uint64_t given_up_ = 0;
  bool stopped_ = false;
  bool cut_short_ = false;
  Clock::time_point due_;
  Clock::time_point end_;
  std::shared_ptr<void> meanwhile_;
};

Slot::Slot(Sender& sender, uv_loop_t* loop)
    : sender_(sender),
      deadline_(loop, [this] { end("no whole response within " + format_duration(sender_.plan().patience)); }) {}

void Slot::begin() {
  answer_ = {};
  answer_.begun = Clock::now();
  read_ = 0;
  deadline_.start(sender_.plan().patience);
  // The peer closes first, so that its side keeps the address for a while, and ours is free again.
  id_ = sender_.client().send({.url = sender_.plan().url, .headers = {"Connection: close"}, .own_connection = true},
                              *this);
}

void Slot::give_up() {
  deadline_.stop();
  sender_.client().cancel(std::exchange(id_, 0));
}

void Slot::end(std::string error) {
  give_up();
  answer_.error = std::move(error);
  answer_.ended = Clock::now();
  sender_.ended(answer_);
}

void Slot::on_header(std::string_view name, std::string_view value) {
  if (std::ranges::equal(name, sender_.plan().header, {}, lower)) answer_.header = value;
}

void Slot::on_body(std::string_view bytes) {
  const size_t room = sender_.plan().most_body - answer_.body.size();
  answer_.body += bytes.substr(0, room);
  read_ += bytes.size();
  if (read_ > kMostRead) end("");
}

}  // namespace

PacedEnd send_paced(const PacedPlan& plan, const std::function<void(const PacedAnswer&)>& on_answer,
                    const Meanwhile& meanwhile) {
  return Sender(plan, on_answer, meanwhile).run();
}

}  // namespace meshdns
