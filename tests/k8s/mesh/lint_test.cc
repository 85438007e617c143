#include "k8s/mesh/lint.h"

#include <algorithm>
#include <vector>

#include "objects.h"

namespace meshdns {
namespace {

using Texts = std::vector<std::string>;

/// "KIND NAMESPACE/NAME SPEC" as an object; SPEC in YAML. A creationTimestamp may follow the name, behind "@", in minutes of an hour.
ManifestObject object_of(const std::string& line, const std::string& place) {
  const size_t first = line.find(' ');
  const size_t slash = line.find('/');
  const size_t second = line.find(' ', slash);
  const std::string kind = line.substr(0, first);
  std::string name = line.substr(slash + 1, second - slash - 1);
  std::string created;
  if (const size_t at = name.find('@'); at != std::string::npos) {
    created = ", creationTimestamp: '2026-01-01T00:" + name.substr(at + 1) + ":00Z'";
    name.resize(at);
  }
  const std::string api = kind == "Service" ? "v1" : "networking.istio.io/v1";
  auto objects = parse_manifest("{apiVersion: " + api + ", kind: " + kind + ", metadata: {name: " + name +
                                    ", namespace: " + line.substr(first + 1, slash - first - 1) + created +
                                    "}, spec: " + line.substr(second + 1) + "}",
                                place);
  REQUIRE_MESSAGE(objects, objects.error());
  REQUIRE(objects->size() == 1);
  objects->front().place = place;
  return std::move(objects->front());
}

LintMesh mesh_of(const Texts& lines, bool live, const std::string& place) {
  LintMesh mesh(live);
  for (const std::string& line : lines) mesh.add(object_of(line, place), "default");
  mesh.index();
  return mesh;
}

LintOptions options() { return {{*Name::parse("global")}, {}}; }

/// "rule NAMESPACE/NAME field"
Texts texts(const std::vector<Finding>& findings) {
  Texts all;
  for (const Finding& finding : findings) {
    CHECK_FALSE(finding.message.empty());
    all.push_back(std::string(finding.rule) + " " + finding.object.name_space + "/" + finding.object.name +
                  (finding.field.empty() ? "" : " " + finding.field));
  }
  std::ranges::sort(all);
  return all;
}

/// An entry for the host, as it has to be; `more` goes into its spec.
std::string entry(const std::string& name, const std::string& host, const std::string& address,
                  const std::string& more = "") {
  return "ServiceEntry bar/" + name + " {hosts: [" + host +
         "], location: MESH_INTERNAL, resolution: STATIC, addresses: [" + address +
         "], ports: [{name: http, number: 8000, protocol: HTTP}], endpoints: [{address: 192.0.2.1}]" +
         (more.empty() ? "" : ", " + more) + "}";
}

/// A route of its own host to those destinations.
std::string route(const std::string& destinations) {
  return "VirtualService bar/r {hosts: [a.bar.global], http: [{route: [" + destinations + "]}]}";
}

const std::string kA = entry("a", "a.bar.global", "240.0.0.2");
const std::string kService = "Service bar/s {ports: [{port: 80, name: http}, {port: 81, name: tcp-x}]}";

struct Case {
  const char* name;
  Texts objects;
  Texts expected;
  bool live = true;
};

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    CAPTURE(c.name);
    std::vector<LintMesh> meshes;
    meshes.push_back(mesh_of(c.objects, c.live, "f:1"));
    Texts expected = c.expected;
    std::ranges::sort(expected);
    CHECK(texts(lint(meshes, options())) == expected);
  }
}

TEST_CASE("nothing is wrong") {
  check({
      {"nothing", {}, {}},
      {"an entry", {kA}, {}},
      {"an entry and a route to it", {kA, route("{destination: {host: a.bar.global, port: {number: 8000}}}")}, {}},
      {"a Service and a route to it", {kA, kService, route("{destination: {host: s, port: {number: 80}}}")}, {}},
      {"a Service in files alone", {kA, route("{destination: {host: s, port: {number: 80}}}")}, {}, false},
      {"a gateway by option A",
       {"ServiceEntry bar/g {hosts: [g.bar.global], location: MESH_INTERNAL, resolution: STATIC, addresses: "
        "[240.0.0.3], ports: [{name: http, "
        "number: 8000}], endpoints: [{address: 192.0.2.1, ports: {http: 15443}}]}",
        "DestinationRule bar/g {host: g.bar.global, trafficPolicy: {tls: {mode: ISTIO_MUTUAL, sni: "
        "outbound_.80_._.g.bar.svc.cluster.local}}}"},
       {}},
      {"other kinds and groups", {"Pod bar/p {}", "HTTPRoute bar/h {}"}, {}},
  });
}

TEST_CASE("destinations") {
  const std::string rule = "DestinationRule bar/d {host: a.bar.global, subsets: [{name: v1}]}";
  check({
      {"unknown",
       {kA, route("{destination: {host: x.bar.global}}")},
       {"destination-unknown bar/r spec.http[0].route[0]"}},
      {"an unknown Service",
       {kA, route("{destination: {host: s}}")},
       {"destination-unknown bar/r spec.http[0].route[0]"}},
      {"an unknown Service, in files",
       {kA, route("{destination: {host: t}}"), kService},
       {"destination-elsewhere bar/r spec.http[0].route[0]"},
       false},
      {"a mirror",
       {kA,
        "VirtualService bar/r {hosts: [a.bar.global], http: [{route: [{destination: {host: a.bar.global}}], mirror: "
        "{host: x.global}}]}"},
       {"destination-unknown bar/r spec.http[0].mirror"}},
      {"of tcp and tls",
       {kA,
        "VirtualService bar/r {hosts: [a.bar.global], tcp: [{route: [{destination: {host: x.global}}]}], tls: [{route: "
        "[{destination: {host: "
        "y.global}}]}]}"},
       {"destination-unknown bar/r spec.tcp[0].route[0]", "destination-unknown bar/r spec.tls[0].route[0]"}},
      {"below a wildcard",
       {kA, entry("w", "'*.foo.global'", "240.0.0.3"), route("{destination: {host: x.foo.global}}")},
       {}},
      {"exported elsewhere",
       {kA, entry("x", "x.bar.global", "240.0.0.3", "exportTo: [foo]"), route("{destination: {host: x.bar.global}}")},
       {"destination-hidden bar/r spec.http[0].route[0]", "entry-hidden bar/x spec.exportTo"}},
      {"another port",
       {kA, route("{destination: {host: a.bar.global, port: {number: 8001}}}")},
       {"destination-port-unknown bar/r spec.http[0].route[0].destination.port"}},
      {"no port of several",
       {kA, kService, route("{destination: {host: s}}")},
       {"destination-port-missing bar/r spec.http[0].route[0]"}},
      {"TCP",
       {kA, kService, route("{destination: {host: s, port: {number: 81}}}")},
       {"destination-protocol bar/r spec.http[0].route[0]"}},
      {"TCP of tcp",
       {kA, kService,
        "VirtualService bar/r {hosts: [a.bar.global], tcp: [{route: [{destination: {host: s, port: {number: 81}}}]}]}"},
       {}},
      {"a subset", {kA, rule, route("{destination: {host: a.bar.global, subset: v1}}")}, {}},
      {"another subset",
       {kA, rule, route("{destination: {host: a.bar.global, subset: v2}}")},
       {"subset-unknown bar/r spec.http[0].route[0]"}},
      {"a subset without a rule",
       {kA, route("{destination: {host: a.bar.global, subset: v1}}")},
       {"subset-unknown bar/r spec.http[0].route[0]"}},
  });
}

TEST_CASE("routes") {
  const std::string to = "route: [{destination: {host: a.bar.global}}]";
  const auto routes = [&](const std::string& first, const std::string& second) {
    return "VirtualService bar/r {hosts: [a.bar.global], http: [{match: " + first + ", " + to + "}, {match: " + second +
           ", " + to + "}]}";
  };
  const Texts second = {"route-unreachable bar/r spec.http[1]"};
  check({
      {"a host that nothing declares",
       {"VirtualService bar/r {hosts: [x.bar.global]}"},
       {"route-host-unknown bar/r spec.hosts[0]"}},
      {"of a gateway", {"VirtualService bar/r {hosts: [x.bar.global], gateways: [g]}"}, {}},
      {"all hosts", {"VirtualService bar/r {hosts: ['*']}"}, {}},
      {"a wildcard", {kA, "VirtualService bar/r {hosts: ['*.bar.global']}"}, {}},
      {"a wildcard above nothing",
       {kA, "VirtualService bar/r {hosts: ['*.foo.global']}"},
       {"route-host-unknown bar/r spec.hosts[0]"}},
      {"a rule's host", {"DestinationRule bar/d {host: x.bar.global}"}, {"rule-host-unknown bar/d spec.host"}},
      {"a rule for all", {"DestinationRule bar/d {host: '*.local'}"}, {}, false},
      {"a delegate",
       {kA, "VirtualService bar/r {hosts: [a.bar.global], http: [{delegate: {name: d}}]}",
        "VirtualService bar/d {http: [{" + to + "}]}"},
       {}},
      {"no delegate",
       {kA, "VirtualService bar/r {hosts: [a.bar.global], http: [{delegate: {name: d}}]}"},
       {"delegate-unknown bar/r spec.http[0].delegate"}},
      {"a delegate with hosts",
       {kA, entry("b", "b.bar.global", "240.0.0.3"),
        "VirtualService bar/r {hosts: [a.bar.global], http: [{delegate: {name: d}}]}",
        "VirtualService bar/d {hosts: [b.bar.global], http: [{" + to + "}]}"},
       {"delegate-unknown bar/r spec.http[0].delegate"}},
      {"a delegate that is not exported",
       {kA, "VirtualService bar/r {hosts: [a.bar.global], http: [{delegate: {name: d, namespace: foo}}]}",
        "VirtualService foo/d {exportTo: [.], http: [{" + to + "}]}"},
       {"delegate-unknown bar/r spec.http[0].delegate"}},
      {"behind all", {kA, routes("[]", "[{uri: {prefix: /a}}]")}, second},
      {"behind /", {kA, routes("[{uri: {prefix: /}}]", "[{uri: {exact: /a}}]")}, second},
      {"behind a prefix",
       {kA, routes("[{uri: {prefix: /a}}]", "[{uri: {prefix: /a/b}}, {uri: {exact: /a}, headers: {x: {exact: y}}}]")},
       second},
      {"behind itself", {kA, routes("[{uri: {regex: a+}}]", "[{uri: {regex: a+}}]")}, second},
      {"not behind a longer prefix", {kA, routes("[{uri: {prefix: /a/b}}]", "[{uri: {prefix: /a}}]")}, {}},
      {"not behind a narrower match",
       {kA, routes("[{uri: {prefix: /a}, method: {exact: GET}}]", "[{uri: {prefix: /a}}]")},
       {}},
      {"not behind another port", {kA, routes("[{port: 80}]", "[{port: 81}]")}, {}},
      {"not behind half", {kA, routes("[{uri: {prefix: /a}}]", "[{uri: {prefix: /a}}, {uri: {prefix: /b}}]")}, {}},
      {"not in another case", {kA, routes("[{uri: {prefix: /a}}]", "[{uri: {prefix: /a}, ignoreUriCase: true}]")}, {}},
  });
}

TEST_CASE("weights") {
  const auto shares = [](const std::string& one, const std::string& other) {
    return "VirtualService bar/r {hosts: [a.bar.global], http: [{route: [{destination: {host: s, port: {number: 80}}, "
           "weight: " +
           one + "}, {destination: {host: t}, weight: " + other + "}]}]}";
  };
  const std::string other = "Service bar/t {ports: [{port: 80}]}";
  const std::string two =
      "ServiceEntry bar/b {hosts: [b.bar.global], location: MESH_INTERNAL, resolution: STATIC, addresses: [240.0.0.3], "
      "ports: [{name: "
      "http, number: 8000}], endpoints: [{address: 192.0.2.1}, {address: 192.0.2.2}]}";
  const std::string halves = route(
      "{destination: {host: b.bar.global}, weight: 50}, {destination: {host: s, port: {number: 80}}, weight: 50}");
  check({
      {"100", {kA, kService, other, shares("50", "50")}, {}},
      {"99", {kA, kService, other, shares("50", "49")}, {"weights-sum bar/r spec.http[0]"}},
      {"0", {kA, kService, other, shares("0", "0")}, {"weights-sum-zero bar/r spec.http[0]"}},
      {"none", {kA, kService, other, shares("null", "null")}, {"weights-sum-zero bar/r spec.http[0]"}},
      {"negative", {kA, kService, other, shares("-1", "101")}, {"weight-negative bar/r spec.http[0].route[0].weight"}},
      {"the only one",
       {kA, route("{destination: {host: a.bar.global}, weight: 0}")},
       {"weight-of-one bar/r spec.http[0].route[0].weight"}},
      {"the only one, with a weight", {kA, route("{destination: {host: a.bar.global}, weight: 50}")}, {}},
      {"one endpoint",
       {kA, kService,
        route("{destination: {host: a.bar.global}, weight: 50}, {destination: {host: s, port: {number: 80}}, weight: "
              "50}")},
       {"weights-no-failover bar/r spec.http[0]"}},
      {"of weight 0",
       {kA, kService,
        route("{destination: {host: a.bar.global}, weight: 0}, {destination: {host: s, port: {number: 80}}, weight: "
              "100}")},
       {}},
      {"no outlier detection", {kA, two, kService, halves}, {"weights-no-failover bar/r spec.http[0]"}},
      {"outlier detection",
       {kA, two, kService, halves, "DestinationRule bar/b {host: b.bar.global, trafficPolicy: {outlierDetection: {}}}"},
       {}},
      {"outlier detection of another port",
       {kA, two, kService, halves,
        "DestinationRule bar/b {host: b.bar.global, trafficPolicy: {portLevelSettings: [{port: {number: 8001}, "
        "outlierDetection: {}}]}}"},
       {"weights-no-failover bar/r spec.http[0]"}},
  });
}

TEST_CASE("entries") {
  const auto of = [](const std::string& spec) { return "ServiceEntry bar/e {" + spec + "}"; };
  const std::string rest = ", addresses: [240.0.0.3], resolution: STATIC, endpoints: [{address: 192.0.2.1}]";
  const std::string label(64, 'a');
  check({
      {"no JSON of its kind", {of("hosts: a")}, {"object-unreadable bar/e"}},
      {"no host", {of("hosts: []" + rest)}, {"host-invalid bar/e spec.hosts"}},
      {"a host that Istio refuses", {of("hosts: [a_b.bar.global]" + rest)}, {"host-invalid bar/e spec.hosts"}},
      {"half a wildcard", {of("hosts: ['*-a.bar.global']" + rest)}, {"host-not-dns bar/e spec.hosts"}},
      {"a long label", {of("hosts: [" + label + ".global]" + rest)}, {"host-not-dns bar/e spec.hosts"}},
      {"a long label elsewhere", {of("hosts: [" + label + ".example]" + rest)}, {}},
      {"no address",
       {of("hosts: [e.global], resolution: STATIC, endpoints: [{address: 192.0.2.1}]")},
       {"address-missing bar/e spec.addresses"}},
      {"no address elsewhere", {of("hosts: [e.example], location: MESH_EXTERNAL, resolution: DNS")}, {}},
      {"no IP address", {of("hosts: [e.example], addresses: [x]")}, {"address-invalid bar/e spec.addresses[0]"}},
      {"a block with DNS",
       {of("hosts: [e.example], addresses: [192.0.2.0/24], resolution: DNS")},
       {"address-invalid bar/e spec.addresses[0]"}},
      {"a block with NONE", {of("hosts: [e.example], addresses: [192.0.2.0/24]")}, {}},
      {"a port twice",
       {of("hosts: [e.example], ports: [{name: a, number: 1}, {name: b, number: 1}]")},
       {"port-twice bar/e spec.ports[1]"}},
      {"a port's name twice",
       {of("hosts: [e.example], ports: [{name: a, number: 1}, {name: a, number: 2}]")},
       {"port-twice bar/e spec.ports[1]"}},
      {"an endpoint's port",
       {of("hosts: [e.example], resolution: STATIC, ports: [{name: http, number: 1}], endpoints: [{address: 192.0.2.1, "
           "ports: {htpt: 2}}]")},
       {"endpoint-port-unknown bar/e spec.endpoints[0].ports"}},
      {"endpoints with NONE",
       {of("hosts: [e.example], endpoints: [{address: 192.0.2.1}]")},
       {"endpoints-refused bar/e spec.resolution"}},
      {"endpoints and a selector",
       {of("hosts: [e.example], resolution: STATIC, workloadSelector: {labels: {a: b}}, endpoints: [{address: "
           "192.0.2.1}]")},
       {"endpoints-refused bar/e spec.workloadSelector"}},
      {"no endpoints",
       {of("hosts: [e.global], addresses: [240.0.0.3], resolution: DNS")},
       {"endpoints-missing bar/e spec.endpoints"}},
      {"a name with STATIC",
       {of("hosts: [e.example], resolution: STATIC, endpoints: [{address: a.example}]")},
       {"endpoint-not-ip bar/e spec.endpoints[0].address"}},
      {"a name with DNS",
       {of("hosts: [e.global], addresses: [240.0.0.3], resolution: DNS, endpoints: [{address: a.example}]")},
       {"endpoint-not-answerable bar/e spec.endpoints[0].address"}},
      {"hidden", {of("hosts: [e.global], exportTo: [.]" + rest)}, {"entry-hidden bar/e spec.exportTo"}},
      {"hidden elsewhere", {of("hosts: [e.example], exportTo: [.]" + rest)}, {}},
  });
}

TEST_CASE("addresses") {
  check({
      {"one each", {kA, entry("b", "b.bar.global", "240.0.0.3")}, {}},
      {"one for two", {kA, entry("b", "b.bar.global", "240.0.0.2")}, {"address-collision bar/b spec.addresses[0]"}},
      {"in another form",
       {kA, entry("b", "b.bar.global", "240.0.0.2/32")},
       {"address-collision bar/b spec.addresses[0]"}},
      {"a Service's",
       {kA, "Service bar/s {clusterIP: 240.0.0.2, ports: [{port: 80}]}"},
       {"address-collision bar/a spec.addresses[0]"}},
      {"istiod's", {entry("b", "b.bar.global", "240.240.0.2")}, {"address-reserved bar/b spec.addresses[0]"}},
      {"split by port",
       {kA,
        "ServiceEntry bar/b {hosts: [A.bar.global.], location: MESH_INTERNAL, resolution: STATIC, addresses: "
        "[240.0.0.3], ports: [{name: tcp, number: "
        "9000}], endpoints: [{address: 192.0.2.1}]}"},
       {"address-split bar/b spec.addresses"}},
      {"split by port, with one address",
       {kA,
        "ServiceEntry bar/b {hosts: [a.bar.global], location: MESH_INTERNAL, resolution: STATIC, addresses: "
        "[240.0.0.2], ports: [{name: tcp, number: "
        "9000}], endpoints: [{address: 192.0.2.1}]}"},
       {}},
  });
}

TEST_CASE("addresses over clusters") {
  struct Clusters {
    const char* name;
    Texts east;
    Texts west;
    Texts expected;
  };
  for (const Clusters& c : std::vector<Clusters>{{"the same", {kA}, {kA}, {}},
                                                 {"another host's",
                                                  {kA},
                                                  {entry("b", "b.bar.global", "240.0.0.2")},
                                                  {"address-collision bar/b spec.addresses[0]"}},
                                                 {"another address",
                                                  {kA},
                                                  {entry("a", "a.bar.global", "240.0.0.3")},
                                                  {"address-differs bar/a spec.addresses"}}}) {
    CAPTURE(c.name);
    std::vector<LintMesh> meshes;
    meshes.push_back(mesh_of(c.east, true, "east"));
    meshes.push_back(mesh_of(c.west, true, "west"));
    CHECK(texts(lint(meshes, options())) == c.expected);
  }
}

TEST_CASE("a gateway's port") {
  const auto of = [](const std::string& more, const std::string& endpoint) {
    return "ServiceEntry bar/g {hosts: [g.bar.global], location: " + more +
           ", resolution: STATIC, addresses: [240.0.0.3], ports: [{name: http, number: "
           "8000}, {name: tcp, number: 9000}], endpoints: [{address: 192.0.2.1, ports: {http: 15443}" +
           endpoint + "}]}";
  };
  const std::string internal = of("MESH_INTERNAL", "");
  const std::string both = of("MESH_INTERNAL", "}, {address: 192.0.2.2, ports: {http: 15443, tcp: 15443}");
  const auto rule = [](const std::string& policy) {
    return "DestinationRule bar/g {host: g.bar.global, trafficPolicy: {" + policy + "}}";
  };
  const std::string mutual = "tls: {mode: ISTIO_MUTUAL, sni: outbound_.8000_._.g.bar.svc.cluster.local}";
  const std::string label = ", labels: {security.istio.io/tlsMode: istio}";
  const Texts missing = {"mtls-missing bar/g spec.endpoints[0]"};
  check({
      {"no rule", {internal}, missing},
      {"a label", {of("MESH_INTERNAL", label)}, {}},
      {"a service account", {of("MESH_INTERNAL", ", serviceAccount: a")}, {}},
      {"a label, off",
       {of("MESH_INTERNAL", ", serviceAccount: a, labels: {security.istio.io/tlsMode: disabled}")},
       missing},
      {"a label outside the mesh", {of("MESH_EXTERNAL", label)}, missing},
      {"a rule", {internal, rule(mutual)}, {}},
      {"a rule without sni", {internal, rule("tls: {mode: ISTIO_MUTUAL}")}, {}},
      {"a rule for all",
       {internal, "DestinationRule istio-system/all {host: '*.global', trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}"},
       {}},
      {"another mode", {internal, rule("tls: {mode: SIMPLE}")}, missing},
      {"a rule that takes it off again", {of("MESH_INTERNAL", label), rule("tls: {mode: DISABLE}")}, missing},
      {"a port of its own that inherits nothing",
       {internal, rule(mutual + ", portLevelSettings: [{port: {number: 8000}, outlierDetection: {}}]")},
       missing},
      {"a port of its own", {internal, rule("portLevelSettings: [{port: {number: 8000}, " + mutual + "}]")}, {}},
      {"another port's", {internal, rule("portLevelSettings: [{port: {number: 9000}, " + mutual + "}]")}, missing},
      {"no SNI of a gateway",
       {internal, rule("tls: {mode: ISTIO_MUTUAL, sni: g.bar.global}")},
       {"sni-wrong bar/g spec.trafficPolicy"}},
      {"one SNI for two ports", {both, rule(mutual)}, {"sni-wrong bar/g spec.trafficPolicy"}},
      {"an SNI each",
       {both, rule(mutual + ", portLevelSettings: [{port: {number: 9000}, tls: {mode: ISTIO_MUTUAL, sni: "
                            "outbound_.9000_._.g.bar.svc.cluster.local}}]")},
       {}},
  });
}

TEST_CASE("the other cluster's gateway") {
  const std::string client =
      "ServiceEntry bar/g {hosts: [g.bar.global], location: MESH_INTERNAL, resolution: STATIC, addresses: [240.0.0.3], "
      "ports: [{name: "
      "http, number: 8000}], endpoints: [{address: 192.0.2.1, ports: {http: 15443}}]}";
  const std::string rule =
      "DestinationRule bar/g {host: g.bar.global, trafficPolicy: {tls: {mode: ISTIO_MUTUAL, sni: "
      "outbound_.8000_._.g.bar.svc.cluster.local}}}";
  const std::string global = "DestinationRule bar/g {host: g.bar.global, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}";
  const std::string service =
      "Service istio-system/gw {externalIPs: [192.0.2.1], selector: {istio: eastwest}, ports: [{port: 15443}]}";
  const std::string gateway =
      "Gateway istio-system/gw {selector: {istio: eastwest}, servers: [{port: {number: 15443}, tls: {mode: "
      "AUTO_PASSTHROUGH}, hosts: ['*.local']}]}";
  const std::string served = "Service bar/g {ports: [{port: 8000}]}";
  const Texts closed = {"gateway-closed bar/g spec.endpoints[0]"};
  struct Serving {
    const char* name;
    Texts client;
    Texts serving;
    Texts expected;
  };
  for (const Serving& c : std::vector<Serving>{
           {"open", {client, rule}, {service, gateway, served}, {}},
           {"another cluster's, which lint does not know", {client, rule}, {gateway, served}, {}},
           {"no such port",
            {client, rule},
            {"Service istio-system/gw {externalIPs: [192.0.2.1], ports: [{port: 443}]}", gateway, served},
            closed},
           {"no Gateway", {client, rule}, {service, served}, closed},
           {"a Gateway of other pods",
            {client, rule},
            {service, served,
             "Gateway istio-system/gw {selector: {istio: other}, servers: [{port: {number: 15443}, tls: {mode: "
             "AUTO_PASSTHROUGH}, hosts: ['*.local']}]}"},
            closed},
           {"a Gateway that ends TLS",
            {client, rule},
            {service, served,
             "Gateway istio-system/gw {selector: {istio: eastwest}, servers: [{port: {number: 15443}, tls: {mode: "
             "SIMPLE}, hosts: ['*.local']}]}"},
            closed},
           {"other hosts", {client, global}, {service, gateway, served}, closed},
           {"no such service", {client, rule}, {service, gateway}, closed}}) {
    CAPTURE(c.name);
    std::vector<LintMesh> meshes;
    meshes.push_back(mesh_of(c.client, true, "west"));
    meshes.push_back(mesh_of(c.serving, true, "east"));
    CHECK(texts(lint(meshes, options())) == c.expected);
  }
}

TEST_CASE("gateways that were tried") {
  std::vector<LintMesh> meshes;
  meshes.push_back(mesh_of({"ServiceEntry bar/g {hosts: [g.example], location: MESH_INTERNAL, resolution: STATIC, "
                            "ports: [{name: http, number: 8000}, {name: "
                            "tcp, number: 9000}], endpoints: [{address: 192.0.2.1, serviceAccount: a, ports: {http: "
                            "15443, tcp: 15443}}, {address: 192.0.2.2}]}"},
                           true, "west"));
  CHECK(gateway_addresses(meshes) == std::vector<GatewayAddress>{{"192.0.2.1", 15443}});
  LintOptions tried = options();
  tried.unreachable[{"192.0.2.1", 15443}] = "Connection refused";
  const auto findings = lint(meshes, tried);
  REQUIRE(texts(findings) == Texts{"gateway-unreachable bar/g spec.endpoints[0]"});
  CHECK(findings[0].message == "192.0.2.1 port 15443 cannot be reached from here: Connection refused");
}

TEST_CASE("several objects for one host") {
  const std::string to = ", http: [{route: [{destination: {host: a.bar.global}}]}]}";
  const std::string second = "VirtualService bar/s@02 {hosts: [a.bar.global]" + to;
  check({
      {"routes", {kA, second, "VirtualService bar/r@01 {hosts: [a.bar.global]" + to}, {"route-rival bar/s spec.hosts"}},
      {"routes, one of a gateway",
       {kA, second, "VirtualService bar/r@01 {hosts: [a.bar.global], gateways: [g]" + to},
       {}},
      {"routes for other namespaces",
       {kA, "VirtualService bar/s {exportTo: [.], hosts: [a.bar.global]" + to,
        "VirtualService foo/r {exportTo: [.], hosts: [a.bar.global]" + to},
       {"route-hidden bar/s spec.exportTo", "route-hidden foo/r spec.exportTo"}},
      {"rules",
       {kA, "DestinationRule bar/d@02 {host: a.bar.global}", "DestinationRule bar/e@01 {host: a.bar.global}"},
       {"rule-rival bar/d spec.host"}},
      {"rules, one for some clients",
       {kA, "DestinationRule bar/d {host: a.bar.global}",
        "DestinationRule bar/e {host: a.bar.global, workloadSelector: {matchLabels: {a: b}}}"},
       {}},
      {"a rule for those in its namespace",
       {kA, "DestinationRule bar/d {host: a.bar.global, exportTo: [.]}"},
       {"rule-hidden bar/d spec.exportTo"}},
      {"a rule where nobody looks",
       {kA, "DestinationRule foo/d {host: a.bar.global}"},
       {"rule-hidden foo/d metadata.namespace"}},
      {"a rule where all look", {kA, "DestinationRule istio-system/d {host: a.bar.global}"}, {}},
      {"entries", {kA, entry("b", "a.bar.global", "240.0.0.2")}, {"entry-rival bar/b spec.hosts"}},
  });
}

TEST_CASE("which is the oldest") {
  struct Ages {
    const char* first;
    const char* second;
    const char* expected;  // the younger one, and what is said of the other
  };
  for (const Ages& c : std::vector<Ages>{{"a@01", "b@02", "b VirtualService bar/a (f:1) is the older one and counts"},
                                         {"a@02", "b@01", "a VirtualService bar/b (f:1) is the older one and counts"},
                                         {"a@01", "b", "b VirtualService bar/a (f:1) is, too, and the oldest counts"},
                                         {"b", "a", "b VirtualService bar/a (f:1) is, too, and the oldest counts"}}) {
    CAPTURE(c.first);
    std::vector<LintMesh> meshes;
    meshes.push_back(mesh_of({kA, "VirtualService bar/" + std::string(c.first) + " {hosts: [a.bar.global]}",
                              "VirtualService bar/" + std::string(c.second) + " {hosts: [a.bar.global]}"},
                             true, "f:1"));
    const auto findings = lint(meshes, options());
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].object.name == std::string(1, c.expected[0]));
    CHECK_MESSAGE(findings[0].message.find(c.expected + 2) != std::string::npos, findings[0].message);
  }
}

TEST_CASE("messages say what to do") {
  struct Message {
    Texts objects;
    const char* expected;
  };
  const std::string named =
      "ServiceEntry default/servicename04-bar {hosts: [serverservice04.bar.global], location: MESH_INTERNAL, "
      "resolution: STATIC, addresses: "
      "[240.0.0.2], ports: [{name: http1, number: 8000, protocol: http}], endpoints: [{address: 192.0.2.1}]}";
  for (const Message& c : std::vector<Message>{
           {{named,
             "VirtualService bar/r {hosts: ['*'], http: [{route: [{destination: {host: "
             "serviceserver04.bar.global}}]}]}"},
            "no ServiceEntry or Service declares serviceserver04.bar.global; the nearest is "
            "serverservice04.bar.global, of ServiceEntry "
            "default/servicename04-bar (f:1): write that, or declare the host"},
           {{kService,
             "VirtualService bar/r {hosts: ['*'], http: [{route: [{destination: {host: s.bar, port: {number: "
             "80}}}]}]}"},
            "no ServiceEntry or Service declares s.bar; Istio takes a host with a dot as it stands: write "
            "s.bar.svc.cluster.local"},
           {{"VirtualService bar/r {hosts: ['*'], http: [{route: [{destination: {host: x.global}}]}]}"},
            "no ServiceEntry or Service declares x.global: correct the host, or declare it with a ServiceEntry"},
           {{kA, route("{destination: {host: a.bar.global, port: {number: 8001}}}")},
            "found port 8001, expected one of a.bar.global's: 8000 (http), of ServiceEntry bar/a (f:1)"}}) {
    std::vector<LintMesh> meshes;
    meshes.push_back(mesh_of(c.objects, true, "f:1"));
    const auto findings = lint(meshes, options());
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].message == c.expected);
  }
}

TEST_CASE("files over a cluster") {
  LintMesh mesh(true);
  mesh.add(object_of("VirtualService bar/r@01 {hosts: [a.bar.global]}", "east"), "");
  mesh.add(object_of(kA, "east"), "");
  mesh.add(object_of("VirtualService bar/r {hosts: [b.bar.global]}", "f:1"), "");
  mesh.index();
  REQUIRE(mesh.routes().size() == 1);
  CHECK(mesh.routes()[0].place == "f:1");
  CHECK(mesh.routes()[0].created != 0);
  std::vector<LintMesh> meshes;
  meshes.push_back(std::move(mesh));
  CHECK(texts(lint(meshes, options())) == Texts{"route-host-unknown bar/r spec.hosts[0]"});
}

TEST_CASE("a finding about a file is said once, whatever clusters it is for") {
  std::vector<LintMesh> meshes;
  for (const char* cluster : {"east", "west"}) {
    LintMesh mesh(true);
    mesh.add(object_of(kService, cluster), "");
    mesh.add(object_of("VirtualService bar/r {hosts: [x.global]}", "f:1"), "");
    mesh.index();
    meshes.push_back(std::move(mesh));
  }
  CHECK(texts(lint(meshes, options())) == Texts{"route-host-unknown bar/r spec.hosts[0]"});
}

}  // namespace
}  // namespace meshdns
