#include "k8s/stub/remedy.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "k8s/istio/manifest.h"
#include "tests/k8s/stub/cluster_fixture.h"

namespace meshdns {
namespace {

using Json = nlohmann::json;

const StubDomain kStub{*Name::parse("global"), {*parse_dns_server("10.96.0.53"), *parse_dns_server("10.96.0.54:5353")}};

constexpr const char* kBlock = "global:53 {\n    errors\n    cache 30\n    forward . 10.96.0.53 10.96.0.54:5353\n}\n";

std::string remedy(const ClusterFixture& cluster) {
  const ObservedDns dns = observed(cluster);
  return remedy_of(dns, detect_dns(dns), kStub);
}

/// Between the first `from` and the next `to`.
std::string between(const std::string& text, const std::string& from, const std::string& to) {
  const size_t begin = text.find(from);
  REQUIRE(begin != std::string::npos);
  const size_t end = text.find(to, begin + from.size());
  REQUIRE(end != std::string::npos);
  return text.substr(begin + from.size(), end - begin - from.size());
}

/// What a shell's here-document holds, as JSON.
Json document(const std::string& text) {
  const auto manifest = parse_manifest(between(text, "<<'EOF'\n", "\nEOF\n"), "remedy");
  REQUIRE_MESSAGE(manifest, (manifest ? "" : manifest.error()));
  return Json::parse(manifest->at(0).json);
}

Json& object(ClusterFixture& cluster, const std::string& kind, const std::string& name) {
  for (Json& each : cluster.objects) {
    if (each.at("kind") == kind && each.at("metadata").at("name") == name) return each;
  }
  throw std::runtime_error("no " + kind + " " + name);
}

TEST_CASE("who owns the Corefile is told the block, and where it goes") {
  struct Case {
    std::string cluster;
    std::string place;
  };
  const std::vector<Case> cases = {
      {"argo-cd",
       "the Git repository that Argo CD (cluster-dns) follows, in the configuration of Deployment kube-system/coredns"},
      {"flux",
       "the Git repository that Flux (infrastructure) follows, in the configuration of Deployment kube-system/coredns"},
      {"operator", "what CoreDNS coredns-operator makes the configuration of Deployment kube-system/coredns of"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.cluster);
    const std::string text = remedy(ClusterFixture(each.cluster));
    CHECK(text.starts_with("Put this block into " + each.place + ":\n\n"));
    CHECK(text.ends_with(kBlock));
  }
}

TEST_CASE("the EKS add-on is given its whole Corefile") {
  ClusterFixture cluster("eks-addon");
  const std::string before = object(cluster, "ConfigMap", "coredns")["data"]["Corefile"];
  const std::string text = remedy(cluster);
  const Json values = Json::parse(between(text, "--configuration-values '", "'\n"));
  const std::string corefile = values.at("corefile");
  CHECK(corefile.find(kBlock) != std::string::npos);
  CHECK(corefile.ends_with(before));
}

TEST_CASE("a quote in a Corefile does not end the shell's") {
  ClusterFixture cluster("eks-addon");
  object(cluster, "ConfigMap", "coredns")["data"]["Corefile"] = ".:53 {\n    errors # it's ours\n}\n";
  CHECK(remedy(cluster).find("errors # it'\\''s ours") != std::string::npos);
}

TEST_CASE("OpenShift's operator keeps the servers that it has") {
  ClusterFixture cluster("openshift");
  const auto patched = [&] {
    return Json::parse(between(remedy(cluster), "--type merge -p '", "'\n")).at("spec").at("servers");
  };
  const Json ours = {{"name", "meshdns"},
                     {"zones", {"global"}},
                     {"forwardPlugin", {{"upstreams", {"10.96.0.53", "10.96.0.54:5353"}}}}};
  Json& servers = object(cluster, "DNS", "default")["spec"]["servers"];
  const Json corp = servers.at(0);
  CHECK(patched() == Json{corp, ours});
  servers.push_back({{"name", "old"}, {"zones", {"global"}}, {"forwardPlugin", {{"upstreams", {"10.96.0.1"}}}}});
  CHECK(patched() == Json{corp, ours});
  servers.push_back({{"name", "meshdns"}, {"zones", {"other"}}});
  CHECK(patched().at(2).at("name") == "meshdns-2");
  servers = "none";
  CHECK(patched() == Json{ours});
}

TEST_CASE("a chart's servers are restated as a whole") {
  const Json ours = {{"zones", {{{"zone", "global"}, {"use_tcp", true}}}},
                     {"port", 53},
                     {"plugins",
                      {{{"name", "errors"}},
                       {{"name", "cache"}, {"parameters", 30}},
                       {{"name", "forward"}, {"parameters", ". 10.96.0.53 10.96.0.54:5353"}}}}};
  const std::string helm = remedy(ClusterFixture("helm"));
  CHECK(helm.find("helm -n kube-system upgrade coredns coredns --repo https://coredns.github.io/helm --version 1.44.3 "
                  "--reuse-values -f - <<'EOF'\n") != std::string::npos);
  const Json servers = document(helm).at("servers");
  REQUIRE(servers.size() == 2);
  CHECK(servers[0] == ours);
  CHECK(servers[1].at("zones") == Json{{{"zone", "."}, {"use_tcp", true}}});
  CHECK(servers[1].at("plugins").size() == 10);
  CHECK(servers[1].at("plugins")[3] ==
        Json{{"name", "kubernetes"},
             {"parameters", "cluster.local in-addr.arpa ip6.arpa"},
             {"configBlock", "pods insecure\nfallthrough in-addr.arpa ip6.arpa\nttl 30\n"}});

  const Json config = document(remedy(ClusterFixture("rke2")));
  CHECK(config.at("kind") == "HelmChartConfig");
  CHECK(config.at("metadata") == Json{{"name", "rke2-coredns"}, {"namespace", "kube-system"}});
  const std::string text = config.at("spec").at("valuesContent");
  const auto values = parse_manifest(text, "values");
  REQUIRE(values);
  const Json content = Json::parse(values->at(0).json);
  CHECK(content.at("autoscaler") == Json{{"enabled", false}});
  CHECK(content.at("servers") == servers);
}

TEST_CASE("what values cannot say is left to whoever knows the chart") {
  const std::vector<std::string> corefiles = {
      ".:53 {\n  import custom/*.override\n}\n",
      "tls://.:853 {\n  errors\n}\n",
      ".:5353 {\n  errors\n}\n",
      ".:53 {\n  errors \"\x1b[2J\"\n}\n",
      ".:53 {\n",
      "{$ZONE} {\n  errors\n}\n",
  };
  for (const std::string& corefile : corefiles) {
    CAPTURE(corefile);
    ClusterFixture helm("helm");
    object(helm, "ConfigMap", "coredns")["data"]["Corefile"] = corefile;
    CHECK(remedy(helm).starts_with(
        "Put this block into the values that Helm's release coredns makes the configuration of "));
    ClusterFixture rke2("rke2");
    object(rke2, "ConfigMap", "rke2-coredns-rke2-coredns")["data"]["Corefile"] = corefile;
    CHECK(remedy(rke2).starts_with("Put the zone into the servers of the HelmChartConfig kube-system/rke2-coredns"));
  }
}

TEST_CASE("quoted words stay quoted") {
  ClusterFixture cluster("helm");
  object(cluster, "ConfigMap", "coredns")["data"]["Corefile"] =
      ".:53 {\n  template ANY ANY a {\n    match \"^(a b)$\"\n    answer {\n      x \"y z\"\n    }\n  }\n}\n";
  CHECK(document(remedy(cluster)).at("servers")[1].at("plugins") ==
        Json{{{"name", "template"},
              {"parameters", "ANY ANY a"},
              {"configBlock", "match \"^(a b)$\"\nanswer {\n  x \"y z\"\n}\n"}}});
}

TEST_CASE("Cloud DNS forwards what GKE does not") {
  for (const char* cluster : {"gke-autopilot", "gke-cloud-dns"}) {
    CHECK(
        remedy(ClusterFixture(cluster))
            .ends_with(
                "gcloud dns managed-zones create meshdns-global --description='answered by meshdns' --dns-name=global. "
                "--visibility=private --networks=NETWORK --forwarding-targets=10.96.0.53,10.96.0.54\n"));
  }
}

TEST_CASE("where the DNS is not known, it is said how it would be") {
  CHECK(remedy(ClusterFixture("none")) ==
        "Say in which namespace the cluster's DNS is, with -n NAMESPACE: it is not in kube-system.\n");
  CHECK(remedy(ClusterFixture("contradictory")).find("kubectl -n kube-system scale deployment/NAME --replicas=0\n") !=
        std::string::npos);
}

TEST_CASE("there is no remedy where nothing is refused") { CHECK(remedy(ClusterFixture("kind")).empty()); }

}  // namespace
}  // namespace meshdns
