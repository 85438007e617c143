#include "k8s/mesh/serving_side.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "zone/joined.h"

namespace meshdns {
namespace {

constexpr const char* kLocal = "serverservice04.bar.svc.cluster.local";

Service service(const std::string& ports, const std::string& more = R"("clusterIP":"10.96.0.7")") {
  return *parse_service(R"({"metadata":{"name":"a","namespace":"bar"},"spec":{"ports":[)" + ports + "]," + more + "}}");
}

TEST_CASE("a Service's ports") {
  struct Case {
    const char* ports;
    const char* expected;
    size_t notes;
  };
  for (const Case& c : std::vector<Case>{
           {R"({"name":"http1","port":8000,"appProtocol":"http"})", "http1:8000/HTTP", 0},
           {R"({"name":"http-web","port":80})", "http-web:80/HTTP", 0},
           {R"({"name":"grpc-web-x","port":80})", "grpc-web-x:80/GRPC-WEB", 0},
           {R"({"name":"http1","port":8000})", "http1:8000/TCP", 1},
           {R"({"port":8000})", "tcp-8000:8000/TCP", 1},
           {R"({"port":8000,"appProtocol":"http2"})", "http2-8000:8000/HTTP2", 0},
           {R"({"name":"hbone-x","port":8000})", "hbone-x:8000/TCP", 1},
           {R"({"name":"dns","port":53,"protocol":"UDP"},{"name":"tcp-dns","port":53})", "tcp-dns:53/TCP", 1},
           {R"({"name":"s","port":7,"protocol":"SCTP"},{"name":"tls","port":443})", "tls:443/TLS", 1}}) {
    CAPTURE(c.ports);
    const auto ports = serving_ports(service(c.ports));
    REQUIRE_MESSAGE(ports, ports.error());
    const auto text = [](const EntryPort& port) {
      return port.name + ":" + std::to_string(port.number) + "/" + port.protocol;
    };
    CHECK(joined(ports->value, text) == c.expected);
    CHECK(ports->notes.size() == c.notes);
  }
}

TEST_CASE("a Service without ports of its own") {
  struct Case {
    Service service;
    const char* said;
  };
  const std::string port = R"({"name":"http","port":80})";
  for (const Case& c :
       std::vector<Case>{{service(""), "has no TCP port"},
                         {service(R"({"name":"dns","port":53,"protocol":"UDP"})"), "has no TCP port"},
                         {service(port, R"("type":"ExternalName","externalName":"a.example.org")"), "ExternalName"}}) {
    const auto ports = serving_ports(c.service);
    REQUIRE_FALSE(ports);
    CHECK(ports.error().find(c.said) != std::string::npos);
  }
}

TEST_CASE("where a cluster's own clients reach a Service") {
  const std::string http = R"({"name":"http","port":8000,"targetPort":"web"})";
  const std::string both = http + R"(,{"name":"tcp","port":9000,"targetPort":9000})";
  const ServingPods pods{{}, {}, {{"http", 80}, {"tcp", 9000}}};
  using Ports = std::map<uint16_t, uint16_t>;
  struct Case {
    Service service;
    ServingPods pods;
    const char* address;
    Ports ports;
  };
  const std::string headless = R"("clusterIP":"None")";
  for (const Case& c : std::vector<Case>{
           {service(both), pods, "10.96.0.7", {}},
           {service(both, R"("clusterIP":"10.96.0.7","clusterIPs":["10.96.0.7","fd00::7"])"), pods, "10.96.0.7", {}},
           {service(both, R"("clusterIPs":["fd00::7"])"), {}, "fd00::7", {}},
           {service(both, headless), pods, "a.bar.svc.cluster.local", {{8000, 80}}},
           {service(http, headless), {}, "a.bar.svc.cluster.local", {}},
           {service(http, headless), {{}, {}, {{"http", 8000}}}, "a.bar.svc.cluster.local", {}}}) {
    const auto endpoint = own_endpoint(c.service, c.pods);
    REQUIRE_MESSAGE(endpoint, endpoint.error());
    CHECK(*endpoint == EntryEndpoint{c.address, {}, "", c.ports});
  }
  CHECK(own_endpoint(service(http, R"("type":"ClusterIP")"), pods).error() == "Service bar/a has no ClusterIP yet");
}

TEST_CASE("Services that serve one host have its ports") {
  const std::vector<EntryPort> ports{{"http1", 8000, "HTTP"}, {"tcp", 9000, "TCP"}};
  struct Case {
    std::vector<EntryPort> served;
    const char* said;  // empty: they have
  };
  for (const Case& c : std::vector<Case>{
           {ports, ""},
           {{{"other", 9000, "TCP"}, {"names", 8000, "HTTP"}, {"more", 1, "TCP"}}, ""},
           {{ports[0]}, "Service bar/a has the ports 8000/HTTP, expected 9000/TCP as Service bar/first has it, too"},
           {{{"http1", 8000, "TCP"}, ports[1]},
            "has the port 8000/TCP, expected 8000/HTTP as Service bar/first has it"}}) {
    Service first = service("");
    first.name = "first";
    const auto error = check_same_ports(ports, first, c.served, service(""));
    CHECK(error.has_value() == (*c.said != '\0'));
    if (error) CHECK(error->message.find(c.said) != std::string::npos);
  }
}

// ---- gateways

Gateway gateway(const std::string& servers, const std::string& name = "cross-network") {
  return *parse_gateway(R"({"metadata":{"name":")" + name +
                        R"(","namespace":"istio-system"},"spec":{"selector":{"istio":"eastwestgateway"},"servers":[)" +
                        servers + "]}}");
}

TEST_CASE("which Gateways pass a host on") {
  const auto server = [](const char* port, const char* mode, const char* hosts) {
    return std::string(R"({"port":{"number":)") + port + R"(,"name":"tls","protocol":"TLS"},"tls":{"mode":")" + mode +
           R"("},"hosts":[)" + hosts + "]}";
  };
  const Gateway plain = gateway(R"({"port":{"number":15443,"protocol":"TCP"},"hosts":["*"]})");
  struct Case {
    std::vector<Gateway> gateways;
    const char* said;  // empty: one does
  };
  for (const Case& c : std::vector<Case>{
           {{gateway(server("15443", "AUTO_PASSTHROUGH", R"("*.local")"))}, ""},
           {{gateway(server("15443", "AUTO_PASSTHROUGH", R"("*.global","*.local")"))}, ""},
           {{gateway(server("15443", "AUTO_PASSTHROUGH", R"("*")"))}, ""},
           {{plain, gateway(server("15443", "AUTO_PASSTHROUGH", R"("*.local")"))}, ""},
           {{}, "expected one with tls mode AUTO_PASSTHROUGH and hosts *.local"},
           {{gateway(server("443", "AUTO_PASSTHROUGH", R"("*.local")"))}, "no Gateway passes port 15443 on to"},
           {{gateway(server("15443", "AUTO_PASSTHROUGH", R"("*.global")"))},
            "istio-system/cross-network has there hosts *.global"},
           {{gateway(server("15443", "SIMPLE", R"("*.local")"))}, "has there tls mode SIMPLE"},
           {{plain}, "has there tls mode none"}}) {
    const auto found = passing_gateways(c.gateways, kLocal);
    CHECK((found ? "" : found.error()).find(c.said) != std::string::npos);
    CHECK(static_cast<bool>(found) == (*c.said == '\0'));
    if (found) CHECK(found->size() == 1);
  }
}

Service gateway_service(const std::string& spec, const std::string& ingress = "",
                        const std::string& name = "istio-eastwestgateway") {
  return *parse_service(R"({"metadata":{"name":")" + name + R"(","namespace":"istio-system"},"spec":{)" + spec +
                        R"(},"status":{"loadBalancer":{"ingress":[)" + ingress + "]}}}");
}

TEST_CASE("where a gateway is reached") {
  const std::string selector = R"("selector":{"app":"istio-eastwestgateway","istio":"eastwestgateway"},)";
  const std::string port =
      selector + R"("ports":[{"name":"status","port":15021},{"name":"tls","port":15443,"nodePort":31443}])";
  const std::string other_port = selector + R"("ports":[{"name":"tls","port":443,"targetPort":15443}])";
  const std::vector<ServingNode> nodes{
      {"n3", {}, {"198.51.100.3"}, {"10.0.0.3"}}, {"n1", {}, {"198.51.100.1"}, {}}, {"n2", {}, {}, {"10.0.0.2"}}};
  struct Case {
    std::vector<Service> services;
    std::vector<ServingNode> nodes;
    const char* expected;  // or what is said
  };
  for (const Case& c : std::vector<Case>{
           {{gateway_service(port, R"({"ip":"172.25.55.50"})")}, nodes, "172.25.55.50:15443"},
           {{gateway_service(port, R"({"hostname":"a.elb.example.org"})")}, nodes, "a.elb.example.org:15443"},
           {{gateway_service(port, R"({"ip":"172.25.55.50"},{"ip":"fd00::1"},{"ip":"172.25.55.51"})")},
            nodes,
            "172.25.55.50:15443, 172.25.55.51:15443"},
           {{gateway_service(other_port, R"({"ip":"172.25.55.50"})")}, nodes, "172.25.55.50:443"},
           {{gateway_service(port + R"(,"externalIPs":["192.0.2.9"])")}, nodes, "192.0.2.9:15443"},
           {{gateway_service(port)}, nodes, "198.51.100.1:31443, 198.51.100.3:31443"},
           {{gateway_service(port)}, {nodes[2]}, "10.0.0.2:31443"},
           {{gateway_service(port, R"({"ip":"192.0.2.1"})", "a-gateway"),
             gateway_service(port, R"({"ip":"192.0.2.2"})")},
            nodes,
            "192.0.2.2:15443"},
           {{gateway_service(port, R"({"ip":"192.0.2.1"})", "a-gateway"), gateway_service(other_port)},
            nodes,
            "192.0.2.1:15443"},
           {{gateway_service(other_port)}, nodes, "has no address from outside"},
           {{gateway_service(port)}, {}, "has no address from outside"},
           {{gateway_service(R"("ports":[{"port":15443}])", R"({"ip":"192.0.2.1"})")},
            nodes,
            "no Service with a port for 15443"},
           {{gateway_service(selector + R"("ports":[{"port":443}])", R"({"ip":"192.0.2.1"})")},
            nodes,
            "no Service with a port for 15443"},
           {{}, nodes, "leads to Gateway istio-system/cross-network"}}) {
    CAPTURE(c.expected);
    const auto found = gateway_endpoints({gateway("")}, c.services, c.nodes);
    const auto text = [](const EntryEndpoint& each) { return each.address + ":" + std::to_string(*each.gateway); };
    const std::string said = found ? joined(found->value, text) : found.error();
    CHECK((found ? said == c.expected : said.find(c.expected) != std::string::npos));
  }
}

TEST_CASE("a locality is what all nodes have in common") {
  const auto node = [](const char* region, const char* zone, const char* subzone) {
    ServingNode node;
    if (*region != '\0') node.labels["topology.kubernetes.io/region"] = region;
    if (*zone != '\0') node.labels["topology.kubernetes.io/zone"] = zone;
    if (*subzone != '\0') node.labels["topology.istio.io/subzone"] = subzone;
    return node;
  };
  CHECK(common_locality({node("r", "z", "s"), node("r", "z", "s")}) == "r/z/s");
  CHECK(common_locality({node("r", "z", "s"), node("r", "z", "t")}) == "r/z");
  CHECK(common_locality({node("r", "z", ""), node("r", "y", "")}) == "r");
  CHECK(common_locality({node("r", "z", ""), node("q", "z", "")}).empty());
  CHECK(common_locality({node("r", "z", ""), node("", "z", "")}).empty());
  CHECK(common_locality({}).empty());
}

TEST_CASE("a node") {
  const auto node = parse_serving_node(R"({"metadata":{"name":"n1","labels":{"a":"b"}},"status":{"addresses":[
      {"type":"InternalIP","address":"10.0.0.1"},{"type":"ExternalIP","address":"192.0.2.1"},{"type":"Hostname","address":"n1"}]}})");
  REQUIRE_MESSAGE(node, node.error());
  CHECK(node->labels.at("a") == "b");
  CHECK(node->external == std::vector<std::string>{"192.0.2.1"});
  CHECK(node->internal == std::vector<std::string>{"10.0.0.1"});
  CHECK_FALSE(parse_serving_node("[]"));
}

}  // namespace
}  // namespace meshdns
