#pragma once

// The cluster that a command works on: requests to its API server, each waited for.
//
// Threads: one. Source: https://kubernetes.io/docs/reference/using-api/api-concepts/

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "k8s/api/api_client.h"
#include "zone/result.h"

namespace meshdns {

class CtlCommand;

/// Which cluster. Empty: as kubectl takes it.
struct ClusterFlags {
  std::string kubeconfig;  // a file
  std::string context;
};

void add_cluster_flags(CtlCommand& command, ClusterFlags& flags);

struct ApiAnswer {
  int status = 0;    // as HTTP's
  std::string body;  // the object, or a Status
  bool done() const { return status >= 200 && status <= 299; }

  /// Why it was not done, for people; a 403's names verb and resource.
  std::string trouble() const;
};

class Cluster {
 public:
  /// As a kubeconfig says; in a pod without one, as its service account. The error says what to set.
  static Result<Cluster> open(const ClusterFlags& flags);
  Cluster(Cluster&&) noexcept;
  ~Cluster();

  /// The answer, whatever its status. A 401 is asked once more as whoever we are by then; an API server that is too busy, again after
  /// the time that it asks for. The error: none came, so nobody knows whether a request that changes something was carried out.
  Result<ApiAnswer> ask(const ApiRequest& request);

  Result<ApiAnswer> get(const std::string& path) { return ask({path}); }
  Result<ApiAnswer> create(const std::string& path, std::string json);
  /// In place of the object that has the resourceVersion that `json` says; 409 where it has another by now.
  Result<ApiAnswer> replace(const std::string& path, std::string json);
  /// RFC 7396.
  Result<ApiAnswer> patch(const std::string& path, std::string json);
  Result<ApiAnswer> remove(const std::string& path, std::string options = {});

  /// For what has to be seen again: returns after that time.
  void wait(std::chrono::milliseconds time);

  const std::string& server() const;
  const std::string& name_space() const;  // the context's; empty where it says none

 private:
  struct State;
  explicit Cluster(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace meshdns
