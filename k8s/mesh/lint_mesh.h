#pragma once

// The objects that the sidecars of one cluster go by, and who declares which host among them: what the rules of lint ask.
//
// A plain value, but for its indices: they refer to its objects, so that it is moved, not copied.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "k8s/mesh/destination_rule.h"
#include "k8s/mesh/gateway.h"
#include "k8s/mesh/mesh_entry.h"
#include "k8s/mesh/service.h"
#include "k8s/mesh/virtual_service.h"
#include "zone/publication.h"

namespace meshdns {

struct ManifestObject;

/// A ServiceEntry, and what the server leaves out of it.
struct LintEntry : MeshEntry {
  std::vector<Skipped> skipped;
};

/// An object whose JSON is not what its kind's schema says.
struct UnreadableObject : ObjectIdentity {
  std::string error;
};

/// A Node, and where it is: "region/zone/subzone", as far as its labels say.
struct LintNode : ObjectIdentity {
  std::string locality;
};

/// Who declares a host. Entries in the order in which they were read.
struct Declared {
  std::vector<const LintEntry*> entries;
  const Service* service = nullptr;

  explicit operator bool() const { return service != nullptr || !entries.empty(); }

  /// Of the first that declares it; empty: nobody does.
  std::string name_space() const;
};

class LintMesh {
 public:
  /// `live`: what is not among the objects is not in the cluster. Else they are some files', which hold no cluster's Services.
  explicit LintMesh(bool live) : live_(live) {}
  LintMesh(LintMesh&&) = default;
  LintMesh& operator=(LintMesh&&) = default;

  /// Takes the place of an object of the same kind, namespace and name, as applying it would. Kinds that do not matter are passed over.
  /// `name_space`: of an object that says none.
  void add(const ManifestObject& object, std::string_view name_space);

  /// After the last object, and before what follows is called.
  void index();

  bool live() const { return live_; }
  size_t size() const;  // of what is judged: Nodes are not
  const std::vector<LintEntry>& entries() const { return entries_; }
  const std::vector<VirtualService>& routes() const { return routes_; }
  const std::vector<DestinationRule>& rules() const { return rules_; }
  const std::vector<Gateway>& gateways() const { return gateways_; }
  const std::vector<Service>& services() const { return services_; }
  const std::vector<LintNode>& nodes() const { return nodes_; }
  const std::vector<UnreadableObject>& unreadable() const { return unreadable_; }

  /// Of the host, else of the closest wildcard above it.
  Declared declared(std::string_view host) const;

  /// The rules for the host, else those for the closest wildcard above it.
  std::vector<const DestinationRule*> rules_of(std::string_view host) const;

  const VirtualService* route(std::string_view name_space, std::string_view name) const;

  /// Which of the objects it is, as they were read.
  size_t order_of(const ObjectIdentity& object) const;

  /// All declared hosts, in order.
  const std::vector<std::string_view>& hosts() const { return hosts_; }

 private:
  template <class Object>
  using ByHost = std::map<std::string, std::vector<const Object*>, std::less<>>;

  bool live_;
  std::vector<LintEntry> entries_;
  std::vector<VirtualService> routes_;
  std::vector<DestinationRule> rules_;
  std::vector<Gateway> gateways_;
  std::vector<Service> services_;
  std::vector<LintNode> nodes_;
  std::vector<UnreadableObject> unreadable_;
  std::map<std::tuple<std::string, std::string, std::string>, size_t>
      places_;                                                   // by kind, namespace and name, in its kind's list
  std::map<std::pair<std::string, std::string>, size_t> order_;  // by object and place

  ByHost<LintEntry> entries_by_host_;
  ByHost<DestinationRule> rules_by_host_;
  std::map<std::string, const Service*, std::less<>> services_by_host_;
  std::map<std::pair<std::string_view, std::string_view>, const VirtualService*> routes_by_name_;
  std::vector<std::string_view> hosts_;
};

}  // namespace meshdns
