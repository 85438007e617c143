#pragma once

// A --from-context: what is read of a cluster that serves a service, and what is wrong there for others to call it.
//
// Every function may end the command: with kRefused where the service cannot be called as things are in the cluster.

#include <optional>
#include <string>
#include <vector>

#include "cmd/ctl/mesh_cluster.h"
#include "k8s/mesh/entry_wish.h"
#include "k8s/mesh/service.h"
#include "k8s/mesh/serving_pods.h"
#include "k8s/mesh/serving_side.h"

namespace meshdns {

/// --from-context CONTEXT NAMESPACE/SERVICE, and the --gateway that is for it.
struct ServingName {
  std::string context;
  std::string name_space;
  std::string service;
  std::vector<EntryEndpoint> gateways{};  // where it is reached, instead of what is read

  std::string text() const { return name_space + "/" + service; }
};

/// Stops with kUsage.
ServingName parse_serving_name(const std::string& context, const std::string& service);

class ServingCluster {
 public:
  /// Reads the Service, and whether mTLS can end in its pods.
  ServingCluster(MeshCluster cluster, ServingName name);

  MeshCluster& cluster() { return cluster_; }
  const MeshCluster& cluster() const { return cluster_; }
  const ServingName& name() const { return name_; }
  const Service& service() const { return service_; }
  const std::vector<EntryPort>& ports() const { return ports_; }

  /// Where its own clients find it.
  EntryEndpoint own();

  /// Where the clients of other clusters find it. `wish`: the host and the SNI by which they ask, always the same.
  const std::vector<EntryEndpoint>& behind_gateway(const EntryWish& wish);
  bool is_asked_by_gateway() const { return behind_gateway_.has_value(); }

  /// What the user should know of what was read so far.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  [[noreturn]] void refuse(const std::string& why) const;
  template <class T>
  T take(Result<Noted<T>> found);

  Service read_service();
  void read_pods();
  void require_sidecars();
  std::vector<Gateway> passing(const EntryWish& wish);
  void require_global_entry(const MeshHost& host);
  const std::vector<ServingNode>& nodes();
  const std::string& locality();

  MeshCluster cluster_;
  const ServingName name_;
  std::vector<std::string> notes_;
  Service service_;
  std::vector<EntryPort> ports_;
  ServingPods pods_;
  std::optional<std::vector<ServingNode>> nodes_;
  std::optional<std::string> locality_;
  std::optional<std::vector<EntryEndpoint>> behind_gateway_;
};

}  // namespace meshdns
