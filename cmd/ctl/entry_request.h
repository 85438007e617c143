#pragma once

// The flags of `entry create`, and what they ask for.

#include <optional>
#include <string>
#include <vector>

#include "cmd/ctl/mesh_flags.h"
#include "cmd/ctl/serving_cluster.h"
#include "k8s/mesh/entry_wish.h"
#include "k8s/mesh/vip_pool.h"

namespace meshdns {

class CtlCommand;

struct CreateFlags : MeshFlags {
  std::string host;
  std::vector<std::string> ports;
  std::vector<std::string> endpoints;
  std::vector<std::string> from_context;  // context, service, context, service …
  std::vector<std::string> gateways;
  std::string address = "auto";
  std::vector<std::string> pools;  // empty: kDefaultPool
  std::string ledger_context;
  std::string sni = "service";
};

/// --ledger-context, of every command that asks the ledger.
void add_ledger_flag(CtlCommand& command, std::string& context);

void add_create_flags(CtlCommand& command, CreateFlags& flags);

struct EntryRequest {
  EntryWish wish;  // as far as the command line knows it
  std::vector<ServingName> serving;
  std::optional<IpAddress> address;  // nothing: auto
  std::vector<VipPool> pools;
};

/// Stops with kUsage where the flags are wrong, or do not go together.
EntryRequest entry_request(const CreateFlags& flags);

/// Stops with kUsage where there are files, which are the ledger.
void check_ledger_flag(const MeshFlags& flags, const std::string& ledger_context);

/// The host that a command is about. `name_space`: what -n says. Stops with kUsage.
MeshHost host_or_stop(const std::string& text, const std::string& name_space);

}  // namespace meshdns
