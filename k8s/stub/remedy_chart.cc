#include "k8s/stub/remedy_chart.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "k8s/api/api_objects.h"
#include "k8s/stub/corefile.h"

namespace meshdns {
namespace {

/// The Corefile's words as they are written: quotes say what is one word.
class Words {
 public:
  explicit Words(const Corefile& corefile) : text_(corefile.text()) {}

  std::string of(const CorefileToken& token) const { return text_.substr(token.begin, token.end - token.begin); }

  std::string of(const std::vector<CorefileToken>& tokens, bool distinct = false) const {
    std::vector<std::string> seen;
    std::string all;
    for (const CorefileToken& token : tokens) {
      const std::string word = of(token);
      if (distinct && std::ranges::count(seen, word) > 0) continue;
      all += (all.empty() ? "" : " ") + word;
      seen.push_back(word);
    }
    return all;
  }

  /// The lines of a plugin's block, as configBlock has them.
  std::string of(const std::vector<Directive>& options, const std::string& indent = "") const {
    std::string lines;
    for (const Directive& option : options) {
      lines += (lines.empty() ? "" : "\n") + indent + of(option.name);
      if (!option.arguments.empty()) lines += " " + of(option.arguments);
      if (option.has_block) lines += " {\n" + of(option.options, indent + "  ") + "\n" + indent + "}";
    }
    return lines;
  }

 private:
  const std::string& text_;
};

/// Text that stands in a command to be pasted: nothing in it moves the cursor.
bool is_harmless(const std::string& text) {
  return std::ranges::none_of(text, [](unsigned char c) { return (c < ' ' && c != '\n' && c != '\t') || c == 0x7f; });
}

void emit_plugin(YAML::Emitter& out, const std::string& name, const std::string& parameters, const std::string& block) {
  out << YAML::BeginMap << YAML::Key << "name" << YAML::Value << name;
  if (!parameters.empty()) out << YAML::Key << "parameters" << YAML::Value << parameters;
  if (!block.empty()) out << YAML::Key << "configBlock" << YAML::Value << YAML::Literal << block;
  out << YAML::EndMap;
}

/// What values cannot say: other schemes, what comes from files or the environment.
bool can_be_restated(const Corefile& corefile) {
  const auto plain = [](const ServerBlock& block) {
    const auto is_plain = [](const ServerKey& key) {
      return key.addresses.size() == 1 && key.addresses[0].scheme == "dns" && key.addresses[0].port == 53;
    };
    return std::ranges::all_of(block.keys, is_plain);
  };
  return is_harmless(corefile.text()) && corefile.imports().empty() && std::ranges::all_of(corefile.blocks(), plain);
}

void begin_server(YAML::Emitter& out, const std::vector<std::string>& zones) {
  out << YAML::BeginMap << YAML::Key << "zones" << YAML::Value << YAML::BeginSeq;
  for (const std::string& zone : zones) {
    // Without use_tcp the chart leaves TCP out of the Service.
    out << YAML::BeginMap << YAML::Key << "zone" << YAML::Value << zone << YAML::Key << "use_tcp" << YAML::Value << true
        << YAML::EndMap;
  }
  out << YAML::EndSeq << YAML::Key << "port" << YAML::Value << kDnsPort << YAML::Key << "plugins" << YAML::Value
      << YAML::BeginSeq;
}

void end_server(YAML::Emitter& out) { out << YAML::EndSeq << YAML::EndMap; }

void emit_block(YAML::Emitter& out, const ServerBlock& block, const Words& words) {
  std::vector<std::string> zones;
  for (const ServerKey& key : block.keys) zones.push_back(key.addresses[0].zone.text());
  begin_server(out, zones);
  for (const Directive& plugin : block.directives) {
    // RKE2's chart puts the cluster's domain in front of what is given here, and what is in use has it already.
    emit_plugin(out, plugin.name.text, words.of(plugin.arguments, plugin.is("kubernetes")), words.of(plugin.options));
  }
  end_server(out);
}

/// The servers of the Corefile with that of the zone in front; nothing where they cannot be said.
std::optional<std::string> servers_value(const std::string& text, const StubDomain& stub) {
  const auto corefile = Corefile::parse(text);
  if (!corefile || !can_be_restated(*corefile)) return std::nullopt;
  std::string upstreams = ".";
  for (const std::string& server : stub.server_texts()) upstreams += " " + server;
  YAML::Emitter out;
  out << YAML::BeginMap << YAML::Key << "servers" << YAML::Value << YAML::BeginSeq;
  begin_server(out, {stub.zone.text()});
  emit_plugin(out, "errors", "", "");
  emit_plugin(out, "cache", "30", "");
  emit_plugin(out, "forward", upstreams, "");
  end_server(out);
  for (const ServerBlock& block : corefile->blocks()) {
    if (!block.serves(stub.zone)) emit_block(out, block, Words(*corefile));
  }
  out << YAML::EndSeq << YAML::EndMap;
  return out.c_str();
}

/// "coredns-1.44.3" → coredns, 1.44.3
std::pair<std::string, std::string> chart_parts(const std::string& chart) {
  const size_t dash = chart.find_last_of('-');
  return dash == std::string::npos ? std::pair(chart, std::string())
                                   : std::pair(chart.substr(0, dash), chart.substr(dash + 1));
}

/// Whether a line begins with that key.
bool has_key(const std::string& yaml, const std::string& key) {
  return yaml.starts_with(key + ":") || yaml.find("\n" + key + ":") != std::string::npos;
}

}  // namespace

std::optional<std::string> helm_upgrade(const Owner& owner, const ObservedDns& observed, const DetectedDns& dns,
                                        const StubDomain& stub) {
  const auto [chart, version] = chart_parts(owner.chart);
  const auto servers = servers_value(dns.corefile, stub);
  if (chart != "coredns" || !servers) return std::nullopt;
  return "Give the release the servers of its Corefile, restated as a whole, and the zone's:\n\nhelm -n " +
         printable(observed.name_space) + " upgrade " + printable(owner.name) +
         " coredns --repo https://coredns.github.io/helm --version " + printable(version) +
         " --reuse-values -f - <<'EOF'\n" + *servers + "\nEOF\n";
}

std::string rke2_chart_config(const ObservedDns& observed, const DetectedDns& dns, const StubDomain& stub) {
  const auto servers = servers_value(dns.corefile, stub);
  std::string kept = observed.helm_values.value_or("");
  if (!kept.empty() && !kept.ends_with('\n')) kept += '\n';
  if (!servers) {
    return "Put the zone into the servers of the HelmChartConfig kube-system/rke2-coredns, all of which are restated "
           "there; see "
           "https://docs.rke2.io/helm\n";
  }
  std::string advice = "Give RKE2's chart the servers of its Corefile, restated as a whole, and the zone's";
  if (has_key(kept, "servers") || !is_harmless(kept)) {
    advice += "; its HelmChartConfig has values already, which are to be kept but for their servers";
    kept.clear();
  }
  YAML::Emitter out;
  out << YAML::BeginMap << YAML::Key << "apiVersion" << YAML::Value << "helm.cattle.io/v1" << YAML::Key << "kind"
      << YAML::Value << "HelmChartConfig" << YAML::Key << "metadata" << YAML::Value << YAML::BeginMap << YAML::Key
      << "name" << YAML::Value << "rke2-coredns" << YAML::Key << "namespace" << YAML::Value << "kube-system"
      << YAML::EndMap << YAML::Key << "spec" << YAML::Value << YAML::BeginMap << YAML::Key << "valuesContent"
      << YAML::Value << YAML::Literal << kept + *servers << YAML::EndMap << YAML::EndMap;
  return advice + ":\n\nkubectl apply -f - <<'EOF'\n" + out.c_str() + "\nEOF\n";
}

}  // namespace meshdns
