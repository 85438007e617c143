#include "k8s/mesh/service.h"

#include <vector>

#include "objects.h"

namespace meshdns {
namespace {

TEST_CASE("what a Service has") {
  const auto service = parse_service(
      R"({"metadata": {"name": "a", "namespace": "bar"}, "spec": {"type": "LoadBalancer", "clusterIP": "10.96.0.1", "externalIPs": ["192.0.2.1"],
          "selector": {"app": "a"}, "ports": [{"port": 80, "name": "http", "targetPort": 8080}, {"port": 53, "protocol": "UDP", "targetPort": "dns"}]},
          "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.2"}, {"hostname": "a.elb.example"}]}}})");
  REQUIRE_MESSAGE(service, service.error());
  CHECK(service->object() == "Service bar/a");
  CHECK(service->host() == "a.bar.svc.cluster.local");
  CHECK(service->type == "LoadBalancer");
  CHECK(service->addresses == std::vector<std::string>{"10.96.0.1"});
  CHECK(service->external_ips == std::vector<std::string>{"192.0.2.1"});
  CHECK(service->load_balancer == std::vector<std::string>{"192.0.2.2", "a.elb.example"});
  CHECK(service->ports == std::vector<Service::Port>{{"http", 80, "TCP", "", "8080"}, {"", 53, "UDP", "", "dns"}});
  CHECK(service->selector == TextMap{{"app", "a"}});
  CHECK(service->port(80) != nullptr);
  CHECK(service->port(81) == nullptr);
}

TEST_CASE("what Istio takes a port for") {
  struct Case {
    Service::Port port;
    const char* expected;
  };
  for (const Case& c : std::vector<Case>{{{"http", 80, "TCP", "", ""}, "http"},
                                         {{"http-web", 80, "TCP", "", ""}, "http"},
                                         {{"HTTP2-x", 80, "TCP", "", ""}, "http2"},
                                         {{"grpc-web-x", 80, "TCP", "", ""}, "grpc-web"},
                                         {{"grpc-x", 80, "TCP", "", ""}, "grpc"},
                                         {{"http1", 80, "TCP", "", ""}, ""},
                                         {{"http1", 80, "TCP", "http", ""}, "http"},
                                         {{"http", 80, "TCP", "tcp", ""}, "tcp"},
                                         {{"", 80, "TCP", "", ""}, ""},
                                         {{"http", 80, "UDP", "", ""}, "udp"}}) {
    CAPTURE(c.port.name);
    CHECK(mesh_protocol(c.port) == c.expected);
  }
}

TEST_CASE("what is no Service") {
  for (const WrongSpec& c :
       std::vector<WrongSpec>{{"{ports: [{}]}", "spec.ports[0].port: expected a number from 1 to 65535"},
                              {"{ports: [{port: 1, targetPort: []}]}", "spec.ports[0].targetPort: found a list"},
                              {"{clusterIPs: 10.96.0.1}", "spec.clusterIPs: found \"10.96.0.1\", expected a list"}}) {
    CAPTURE(c.spec);
    const auto service = parse_service(object_json(c.spec));
    REQUIRE_FALSE(service);
    CHECK_MESSAGE(service.error().starts_with(c.expected), service.error());
  }
}

}  // namespace
}  // namespace meshdns
