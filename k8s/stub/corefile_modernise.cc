#include "k8s/stub/corefile_modernise.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "k8s/api/api_objects.h"
#include "k8s/stub/corefile_text.h"

namespace meshdns {
namespace {

constexpr CoreDnsVersion kOnReplacesStartup{1, 1, 0};
constexpr CoreDnsVersion kForwardReplacesProxy{1, 5, 0};
constexpr CoreDnsVersion kFederationRemoved{1, 7, 0};
constexpr CoreDnsVersion kTransferIsAPlugin{1, 8, 0};

struct IgnoredOption {
  std::string_view plugin;
  std::string_view option;
  CoreDnsVersion ignored;
  CoreDnsVersion refused;
};

constexpr std::array<IgnoredOption, 2> kIgnoredOptions{
    {{"kubernetes", "upstream", {1, 5, 0}, {1, 7, 0}}, {"kubernetes", "resyncperiod", {1, 6, 0}, {1, 7, 0}}}};

struct Finding {
  int line;
  std::string what;  // behind the line
  bool refused;
  bool by_hand;
  TextChange change;

  std::string text() const { return "Corefile:" + std::to_string(line) + ": " + what; }
};

std::string since(const char* what, const CoreDnsVersion& version) {
  return std::string(", which CoreDNS ") + what + " since " + version.text() + ", ";
}

/// Reads a Corefile for one version.
class Review {
 public:
  Review(const Corefile& corefile, const CoreDnsVersion& version) : text_(corefile.text()), version_(version) {
    for (const ServerBlock& block : corefile.blocks()) {
      forwarding_ = std::ranges::count_if(block.directives, asks_others);
      block_end_ = block.end;
      for (const Directive& directive : block.directives) review(directive);
    }
    std::ranges::stable_sort(findings_, {}, &Finding::line);
  }

  const std::vector<Finding>& findings() const { return findings_; }

 private:
  static bool asks_others(const Directive& directive) { return directive.is("proxy") || directive.is("forward"); }

  void review(const Directive& directive) {
    if (version_ >= kForwardReplacesProxy && directive.is("proxy")) proxy(directive);
    if (version_ >= kOnReplacesStartup && (directive.is("startup") || directive.is("shutdown"))) {
      rename(directive, directive.name.text + since("does not have", kOnReplacesStartup), "on " + directive.name.text);
    }
    if (version_ >= kFederationRemoved && directive.is("federation"))
      take_out(directive, "federation" + since("does not have", kFederationRemoved), true);
    for (const Directive& option : directive.options) {
      ignored(directive, option);
      const bool transfers = directive.is("kubernetes") || directive.is("file") || directive.is("auto");
      if (version_ >= kTransferIsAPlugin && transfers && option.is("transfer")) {
        by_hand(option, "found transfer in " + directive.name.text +
                            ", expected the plugin transfer beside it, as CoreDNS wants it since " +
                            kTransferIsAPlugin.text());
      }
    }
  }

  void ignored(const Directive& directive, const Directive& option) {
    for (const IgnoredOption& rule : kIgnoredOptions) {
      if (!directive.is(rule.plugin) || !option.is(rule.option) || version_ < rule.ignored) continue;
      const bool refused = version_ >= rule.refused;
      take_out(option,
               option.name.text + " of " + directive.name.text +
                   (refused ? since("refuses", rule.refused) : since("ignores", rule.ignored)),
               refused);
    }
  }

  void proxy(const Directive& directive) {
    if (forwarding_ > 1) {
      // proxy takes the longest zone that fits, forward the first; before 1.10.0 there is one a block.
      return by_hand(directive,
                     "found proxy beside another in one block, expected one: give each zone a block of its own");
    }
    rename(directive, "proxy" + since("does not have", kForwardReplacesProxy), "forward");
    for (const Directive& option : directive.options) proxy_option(option);
  }

  void proxy_option(const Directive& option) {
    const std::string policy(option.argument(0));
    if (option.is("except")) return;
    if (option.is("policy") && policy != "least_conn") {
      if (policy == "first") rename_argument(option, "sequential");
      return;
    }
    if (option.is("protocol") && policy != "dns") {
      return by_hand(option, "found protocol " + printable(policy) +
                                 " of proxy, which forward does not have: the plugin grpc or an upstream such as "
                                 "tls://ADDRESS may take its place");
    }
    if (option.is("protocol") && option.argument(1) == "force_tcp") {
      return add(option, "protocol dns force_tcp of proxy becomes force_tcp", true,
                 {{option.name.begin, option.end}, "force_tcp"});
    }
    take_out(option, printable(option.name.text) + " of proxy, which forward does not have, ", true);
  }

  void rename(const Directive& directive, const std::string& what, const std::string& name) {
    add(directive, what + "becomes " + name, true, {{directive.name.begin, directive.name.end}, name});
  }

  void rename_argument(const Directive& option, const std::string& value) {
    const CorefileToken& argument = option.arguments.front();
    add(option, option.name.text + " " + argument.text + " of proxy becomes " + value, true,
        {{argument.begin, argument.end}, value});
  }

  void take_out(const Directive& directive, const std::string& what, bool refused) {
    const TextSpan span{directive.name.begin, directive.end};
    const bool closes_both = directive.has_block && directive.end == block_end_;  // at the text's end, CoreDNS lets it
    add(directive, what + "is taken out", refused,
        {closes_both ? span : whole_lines(text_, span), closes_both ? "}" : ""});
  }

  void by_hand(const Directive& directive, std::string what) {
    findings_.push_back({directive.name.line, std::move(what), true, true, {}});
  }

  /// Once for what several imports bring.
  void add(const Directive& directive, std::string what, bool refused, TextChange change) {
    if (!changed_.insert(change.span.begin).second) return;
    findings_.push_back({directive.name.line, std::move(what), refused, false, std::move(change)});
  }

  const std::string& text_;
  CoreDnsVersion version_;
  size_t block_end_ = 0;           // octets
  std::ptrdiff_t forwarding_ = 0;  // directives of this block that ask others
  std::set<size_t> changed_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<OutdatedSetting> outdated_settings(const Corefile& corefile, const CoreDnsVersion& version) {
  std::vector<OutdatedSetting> settings;
  const Review review(corefile, version);
  for (const Finding& finding : review.findings()) settings.push_back({finding.text(), finding.refused});
  return settings;
}

Result<ModernCorefile> modernise(const Corefile& corefile, const CoreDnsVersion& version) {
  std::vector<TextChange> changes;
  std::vector<std::string> texts;
  const Review review(corefile, version);
  for (const Finding& finding : review.findings()) {
    if (finding.by_hand) return Error{finding.text()};
    changes.push_back(finding.change);
    texts.push_back(finding.text());
  }
  auto modern = Corefile::parse(with_changes(corefile.text(), std::move(changes)));
  if (!modern) return Error{modern.error()};
  return ModernCorefile{std::move(*modern), std::move(texts)};
}

}  // namespace meshdns
