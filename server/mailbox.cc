#include "server/mailbox.h"

#include <utility>

namespace meshdns {

int Mailbox::open(uv_loop_t& loop) {
  const int error =
      uv_async_init(&loop, &wakeup_, [](uv_async_t* wakeup) { static_cast<Mailbox*>(wakeup->data)->deliver(); });
  wakeup_.data = this;
  open_ = error == 0;
  return error;
}

void Mailbox::let_loop_end() { uv_unref(reinterpret_cast<uv_handle_t*>(&wakeup_)); }

void Mailbox::close() {
  std::vector<std::function<void()>> dropped;  // outside the lock: it may hold the last reference to something
  const std::lock_guard lock(mutex_);
  if (!std::exchange(open_, false)) return;
  dropped.swap(waiting_);
  uv_close(reinterpret_cast<uv_handle_t*>(&wakeup_), nullptr);
}

void Mailbox::post(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (!open_) return;
  waiting_.push_back(std::move(work));
  uv_async_send(&wakeup_);
}

void Mailbox::deliver() {
  std::vector<std::function<void()>> work;
  {
    const std::lock_guard lock(mutex_);
    work.swap(waiting_);
  }
  for (const auto& call : work) call();
}

}  // namespace meshdns
