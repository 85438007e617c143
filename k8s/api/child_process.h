#pragma once

// One run of another program: without input, its output bounded and its time, too. It is in a session of its own, which is killed with
// what it has started where the run fails or is destroyed.
//
// Threads: the loop's alone. It may be destroyed at any time, from its own call too; the loop must run on until the kernel has told
// that the program ended.

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "k8s/api/timer.h"
#include "zone/result.h"

namespace meshdns {

struct Command {
  std::string program;                   // a path, or a name to be found in $PATH
  std::vector<std::string> arguments;    // without the program
  std::vector<std::string> environment;  // "NAME=value", beside our own, which it outdoes
};

class ChildProcess {
 public:
  static constexpr size_t kMaxOutput = 1 << 20;  // bytes

  /// What it wrote to its standard output; or why there is nothing to be had of it, a sentence without subject. Its standard error is
  /// thrown away.
  using OnEnd = std::function<void(Result<std::string>)>;

  /// Starts it. `on_end` is called once, from the loop.
  ChildProcess(uv_loop_t* loop, const Command& command, std::chrono::seconds deadline, OnEnd on_end);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

 private:
  struct Run;

  void check();
  void expire();
  void end(Result<std::string> result);

  Run* run_;  // freed from the loop when it has closed its handles
  std::chrono::seconds deadline_;
  Timer timer_;
  OnEnd on_end_;
};

}  // namespace meshdns
