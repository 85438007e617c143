#include "k8s/api/child_process.h"

#include <unistd.h>
#include <uv.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

namespace meshdns {
namespace {

// In place of its standard error, which may hold secrets.
constexpr const char* kHint = "; run it by hand to see why";

std::vector<std::string> environment_with(const std::vector<std::string>& more) {
  std::vector<std::string> all = more;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const std::string_view name = text.substr(0, text.find('=') + 1);
    const auto outdone = [&](const std::string& other) { return other.starts_with(name); };
    if (std::none_of(more.begin(), more.end(), outdone)) all.emplace_back(text);
  }
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

/// Outlives the ChildProcess until the loop has closed its handles: that of the process when it has ended, so that no zombie is left.
struct ChildProcess::Run {
  explicit Run(ChildProcess* process_owner) : owner(process_owner) { process.data = out.data = this; }

  int spawn(uv_loop_t* loop, const Command& command);
  void abandon();

  static void on_exit(uv_process_t* process, int64_t code, int signal);
  static void on_read(uv_stream_t* stream, ssize_t length, const uv_buf_t* buffer);
  static void close(uv_handle_t* handle);

  ChildProcess* owner;  // null once it has been told, or is gone
  uv_process_t process{};
  uv_pipe_t out{};
  int open = 2;  // handles
  bool ended = false;
  int error = 0;  // in place of a start
  int64_t code = 0;
  int signal = 0;
  std::string output;
};

int ChildProcess::Run::spawn(uv_loop_t* loop, const Command& command) {
  std::vector<std::string> arguments = command.arguments;
  arguments.insert(arguments.begin(), command.program);
  std::vector<std::string> environment = environment_with(command.environment);
  std::vector<char*> argument_pointers = pointers(arguments);
  std::vector<char*> environment_pointers = pointers(environment);
  uv_pipe_init(loop, &out, 0);
  std::array<uv_stdio_container_t, 3> stdio{};
  stdio[0].flags = stdio[2].flags = UV_IGNORE;
  stdio[1].flags = static_cast<uv_stdio_flags>(UV_CREATE_PIPE | UV_WRITABLE_PIPE);
  stdio[1].data.stream = reinterpret_cast<uv_stream_t*>(&out);
  uv_process_options_t options{};
  options.exit_cb = on_exit;
  options.file = command.program.c_str();
  options.args = argument_pointers.data();
  options.env = environment_pointers.data();
  options.flags = UV_PROCESS_DETACHED;
  options.stdio_count = static_cast<int>(stdio.size());
  options.stdio = stdio.data();
  const int error = uv_spawn(loop, &process, &options);
  if (process.pid == 0) {
    ended = true;
    close(reinterpret_cast<uv_handle_t*>(&process));
  }
  if (error != 0) return error;
  const auto space = [](uv_handle_t*, size_t, uv_buf_t* buffer) {
    thread_local std::array<char, 16384> bytes;
    *buffer = uv_buf_init(bytes.data(), bytes.size());
  };
  uv_read_start(reinterpret_cast<uv_stream_t*>(&out), space, on_read);
  return 0;
}

void ChildProcess::Run::close(uv_handle_t* handle) {
  if (uv_is_closing(handle) != 0) return;
  uv_close(handle, [](uv_handle_t* closed) {
    auto* run = static_cast<Run*>(closed->data);
    if (--run->open == 0) delete run;
  });
}

void ChildProcess::Run::abandon() {
  owner = nullptr;
  if (!ended) uv_kill(-process.pid, SIGKILL);
  close(reinterpret_cast<uv_handle_t*>(&out));
}

void ChildProcess::Run::on_exit(uv_process_t* process, int64_t code, int signal) {
  auto& run = *static_cast<Run*>(process->data);
  run.ended = true;
  run.code = code;
  run.signal = signal;
  close(reinterpret_cast<uv_handle_t*>(process));
  if (run.owner != nullptr) run.owner->check();
}

void ChildProcess::Run::on_read(uv_stream_t* stream, ssize_t length, const uv_buf_t* buffer) {
  auto& run = *static_cast<Run*>(stream->data);
  const size_t room = kMaxOutput + 1 - run.output.size();
  if (length < 0) {
    close(reinterpret_cast<uv_handle_t*>(stream));
  } else {
    run.output.append(buffer->base, std::min(room, static_cast<size_t>(length)));
  }
  if (run.owner != nullptr) run.owner->check();
}

ChildProcess::ChildProcess(uv_loop_t* loop, const Command& command, std::chrono::seconds deadline, OnEnd on_end)
    : run_(new Run(this)), deadline_(deadline), timer_(loop, [this] { expire(); }), on_end_(std::move(on_end)) {
  run_->error = run_->spawn(loop, command);
  timer_.start(run_->error != 0 ? std::chrono::seconds{0} : deadline);
}

ChildProcess::~ChildProcess() {
  if (run_ != nullptr) run_->abandon();
}

// Its output may end after itself, or before.
void ChildProcess::check() {
  if (run_->output.size() > kMaxOutput) return end(Error{"wrote more than 1 MiB" + std::string(kHint)});
  if (!run_->ended || uv_is_closing(reinterpret_cast<const uv_handle_t*>(&run_->out)) == 0) return;
  if (run_->signal != 0) return end(Error{"was ended by signal " + std::to_string(run_->signal) + kHint});
  if (run_->code != 0) return end(Error{"ended with " + std::to_string(run_->code) + kHint});
  end(std::move(run_->output));
}

void ChildProcess::expire() {
  if (run_->error != 0) return end(Error{"cannot be run: " + std::string(uv_strerror(run_->error))});
  end(Error{"took longer than " + std::to_string(deadline_.count()) + " s" + kHint});
}

void ChildProcess::end(Result<std::string> result) {
  timer_.stop();
  std::exchange(run_, nullptr)->abandon();
  const OnEnd on_end = std::move(on_end_);  // which may destroy this
  on_end(std::move(result));
}

}  // namespace meshdns
