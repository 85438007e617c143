// meshdnsctl stub install: the cluster's DNS asks meshdns for the zone.
//
//   read ─▶ plan ─▶ rehearse ─▶ record ─▶ ConfigMaps ─▶ wait until it is live, verify ─▶ confirm
//                                                                  └─ no ─▶ roll back

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cmd/ctl/change_report.h"
#include "cmd/ctl/command.h"
#include "cmd/ctl/stub.h"
#include "cmd/ctl/stub_dns.h"
#include "cmd/ctl/stub_file.h"
#include "cmd/ctl/stub_flags.h"
#include "cmd/ctl/stub_installation.h"
#include "cmd/ctl/stub_restart.h"
#include "cmd/ctl/stub_verifier.h"
#include "cmd/text_value.h"
#include "k8s/stub/corefile_edit.h"
#include "k8s/stub/corefile_modernise.h"
#include "k8s/stub/served_elsewhere.h"
#include "k8s/stub/verdict.h"
#include "zone/joined.h"

namespace meshdns {
namespace {

struct InstallFlags : StubFlags {
  std::optional<std::string> file;
  std::string coredns_version;
  bool modernise = false;
  bool restart = false;
  bool dry_run = false;
  VerifierFlags verifier;
};

CoreDnsVersion version_of(const InstallFlags& flags, const std::string& detected) {
  const std::string& text = flags.coredns_version.empty() ? detected : flags.coredns_version;
  if (text.empty()) return kNewestCoreDns;
  if (const auto version = parse_coredns_version(text)) return *version;
  if (flags.coredns_version.empty()) return kNewestCoreDns;
  stop(kUsage, "--coredns-version: found " + quote(text) + ", expected a version such as 1.11.1");
}

/// Written as this cluster's CoreDNS takes it; kube-dns has no style.
CorefileStyle style_of(const InstallFlags& flags, const ClusterDns& dns) {
  CorefileStyle style{version_of(flags, dns.detected.coredns_version), {}, flags.modernise};
  for (const StubPlace& place : dns.detected.places) {
    if (place.form != StubForm::kServerFile) continue;
    const auto corefile = value_or_stop(Corefile::parse(dns.detected.corefile), kRefused);
    style.addresses = value_or_stop(root_addresses(corefile), kRefused);
  }
  return style;
}

/// What the user should know of the Corefile that is there, and of the zone.
std::vector<std::string> notes(const ClusterDns& dns, const StubDomain& stub, const CorefileStyle& style) {
  std::vector<std::string> notes;
  const auto add = [&](const std::vector<std::string>& more) { notes.insert(notes.end(), more.begin(), more.end()); };
  if (const auto corefile = Corefile::parse(dns.detected.corefile)) {
    add(stub_notes(*corefile, stub.zone));
    for (const OutdatedSetting& setting : outdated_settings(*corefile, style.version)) notes.push_back(setting.text);
  }
  add(dns.detected.warnings);
  add(zone_warnings(stub.zone));
  return notes;
}

std::string delegated(const StubDomain& stub) {
  return "the zone " + stub.zone.text() + " is delegated to " + joined(stub.server_texts());
}

class Installing {
 public:
  explicit Installing(const InstallFlags& flags)
      : flags_(flags),
        cluster_(value_or_stop(Cluster::open(flags.cluster), kFailed)),
        stub_{zone_of(flags), servers_of(flags, &cluster_)},
        dns_(read_dns(cluster_, flags)),
        installation_(cluster_, flags.name_space, stub_.zone) {}

  ChangeReport run() {
    require_place(dns_, stub_);
    require_sense(dns_, stub_);
    style_ = style_of(flags_, dns_);
    const StubPlan plan = make_plan();
    if (plan.changes_nothing() && plan.is_recorded(stub_)) return {delegated(stub_) + " already"};
    if (flags_.dry_run) {
      installation_.rehearse(plan, stub_);
      return {delegated(stub_) + " if this is no dry run", plan.places(), plan.diff(), {}, notes(dns_, stub_, style_)};
    }
    const Restart restart(cluster_, dns_, flags_.restart);
    StubVerifier verifier = make_verifier();
    verifier.require_servers();
    installation_.rehearse(plan, stub_);
    return carry_out(restart, verifier);
  }

 private:
  StubVerifier make_verifier() {
    VerificationPlan plan = verification_plan(cluster_, domains_of(dns_).front(), stub_, flags_.verifier);
    return {&cluster_, std::move(plan), [this] { return hops_of(read_dns(cluster_, flags_).detected); },
            flags_.name_space, flags_.verifier};
  }

  StubPlan make_plan() const {
    StubPlan plan = installation_.plan_install(sites_of(dns_, stub_.zone), stub_, style_);
    for (const PlannedChange& change : plan.changes) {
      if (change.site.form != StubForm::kServerFile) continue;
      const auto other = served_elsewhere(dns_.detected.corefile, change.map.data, change.site.target.key, stub_.zone);
      if (other) stop(kRefused, change.site.target.text() + ": " + other->message);
    }
    return plan;
  }

  ChangeReport carry_out(const Restart& restart, StubVerifier& verifier) {
    std::optional<StubPlan> undo;
    std::string verdict;
    try {
      until_done(cluster_, [&] {
        const StubPlan plan = make_plan();
        StubPlan resumed = plan;
        if (undo) resumed.resume(*undo);
        undo = std::move(resumed);
        return installation_.install(plan, stub_);
      });
      restart.carry_out();
      verdict = verifier.wait_until_verified();
      installation_.confirm();
    } catch (const Stop& stopped) {
      if (!undo) throw;
      roll_back(*undo, restart, stopped);
    } catch (const std::exception& error) {
      if (!undo) throw;
      roll_back(*undo, restart, {{kFailed, error.what()}});
    }
    return {delegated(stub_), undo->places(), {}, verdict, notes(dns_, stub_, style_)};
  }

  [[noreturn]] void roll_back(const StubPlan& plan, const Restart& restart, const Stop& why) {
    try {
      installation_.roll_back(plan);
    } catch (const Stop& failed) {
      stop(kFailed, why.ended.text + "\nand it could not be rolled back: " + failed.ended.text +
                        "; meshdnsctl stub remove does that");
    }
    try {
      restart.carry_out();
    } catch (const Stop& failed) {
      stop(kFailed, why.ended.text + "\nrolled back, but CoreDNS has not read that: " + failed.ended.text +
                        "; it has to be restarted");
    }
    throw Stop{{why.ended.code, why.ended.text + "\nrolled back: nothing has changed", why.ended.result}};
  }

  const InstallFlags& flags_;
  Cluster cluster_;
  const StubDomain stub_;
  const ClusterDns dns_;
  const StubInstallation installation_;
  CorefileStyle style_;
};

Ended install(const InstallFlags& flags) {
  const Name zone = zone_of(flags);
  check_servers(flags);
  check_verifier_flags(flags.verifier, zone);
  const CoreDnsVersion version = version_of(flags, "");
  const OutputForm form = form_or_stop(flags.output);
  if (!flags.file) return printed(Installing(flags).run(), form);
  require_text(form);
  return install_into_file(*flags.file, {zone, servers_of(flags, nullptr)}, {version, {}, flags.modernise},
                           flags.dry_run);
}

}  // namespace

void add_stub_install(CtlCommand& stub) {
  CtlCommand command =
      stub.add("install", "Have the cluster's DNS ask meshdns for the zone",
               "  # Show what would change, then change it; rolled back where names are not answered afterwards\n"
               "  meshdnsctl stub install --server service/meshdns/meshdns --dry-run\n"
               "  meshdnsctl stub install --server service/meshdns/meshdns\n"
               "\n"
               "  # A Corefile of your own, such as one in Git\n"
               "  meshdnsctl stub install --server 10.96.0.53 --file Corefile >Corefile.new\n");
  const auto flags = std::make_shared<InstallFlags>();
  add_server_flag(command, *flags);
  add_zone_flag(command, *flags);
  add_dns_flags(command, *flags);
  command.option("--file", flags->file,
                 "A Corefile instead of a cluster; - for standard input; printed with the zone in it", "FILE");
  command.option("--coredns-version", flags->coredns_version,
                 "The CoreDNS that reads it; without it, the cluster's, and for a file the newest", "VERSION");
  command.flag("--modernise", flags->modernise, "Rewrite what this CoreDNS does not have any more, such as proxy");
  command.flag("--restart", flags->restart, "Restart CoreDNS where it has no reload plugin");
  command.flag("--dry-run", flags->dry_run, "Print what would change, and change nothing");
  add_verifier_flags(command, flags->verifier);
  add_output_flag(command, flags->output);
  command.runs([flags] { return install(*flags); });
}

}  // namespace meshdns
