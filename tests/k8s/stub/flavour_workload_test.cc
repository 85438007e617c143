#include "k8s/stub/flavour_workload.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace meshdns {
namespace {

using Container = ObservedWorkload::Container;

TEST_CASE("the image, or the command, tells what a container runs") {
  struct Case {
    std::string image;
    std::vector<std::string> arguments;
    DnsProgram program;
    std::string tag;
  };
  const std::vector<Case> cases = {
      {"registry.k8s.io/coredns/coredns:v1.12.1", {}, DnsProgram::kCoreDns, "v1.12.1"},
      {"coredns/coredns", {}, DnsProgram::kCoreDns, ""},
      {"localhost:5000/coredns", {}, DnsProgram::kCoreDns, ""},
      {"rancher/hardened-coredns:v1.12.3-build20250806", {}, DnsProgram::kCoreDns, "v1.12.3-build20250806"},
      {"example.com/coredns:1.8.0@sha256:00", {}, DnsProgram::kCoreDns, "1.8.0"},
      {"quay.io/art-dev@sha256:00", {"coredns", "-conf", "/etc/coredns/Corefile"}, DnsProgram::kCoreDns, ""},
      {"quay.io/art-dev@sha256:00", {"/usr/bin/coredns"}, DnsProgram::kCoreDns, ""},
      {"gke.gcr.io/k8s-dns-kube-dns:1.24.1-gke.7", {}, DnsProgram::kKubeDns, "1.24.1-gke.7"},
      {"gcr.io/google_containers/kubedns-amd64:1.9", {}, DnsProgram::kKubeDns, "1.9"},
      {"coredns.example/unbound:1.19", {}, DnsProgram::kOther, "1.19"},
      {"gke.gcr.io/k8s-dns-dnsmasq-nanny:1.24.1", {}, DnsProgram::kOther, "1.24.1"},
      {"", {}, DnsProgram::kOther, ""},
  };
  for (const Case& each : cases) {
    CAPTURE(each.image);
    ObservedWorkload workload;
    workload.containers = {{"other", "busybox", {}, {}}, {"dns", each.image, each.arguments, {}}};
    const DnsContainer found = dns_container(workload);
    CHECK(found.program == each.program);
    CHECK(found.container == (each.program == DnsProgram::kOther ? nullptr : &workload.containers[1]));
    CHECK(image_tag(each.image) == each.tag);
  }
}

TEST_CASE("flags are read as Go reads them") {
  struct Case {
    std::vector<std::string> arguments;
    std::string value;  // "none" where there is none
  };
  const std::vector<Case> cases = {
      {{"-conf", "/a"}, "/a"},
      {{"--conf", "/a"}, "/a"},
      {{"-conf=/a"}, "/a"},
      {{"--conf=/a=b"}, "/a=b"},
      {{"x", "-v", "-conf", "/a"}, "/a"},
      {{"-conf"}, "none"},
      {{"conf", "/a"}, "none"},
      {{"-config", "/a"}, "none"},
      {{"-config=/a"}, "none"},
      {{}, "none"},
      {{"-conf="}, ""},
      {{"-"}, "none"},
  };
  for (const Case& each : cases) {
    CHECK(argument(Container{"", "", each.arguments, {}}, "conf").value_or("none") == each.value);
  }
}

TEST_CASE("a file comes from the ConfigMap that is mounted at its directory") {
  const Container container{"",
                            "",
                            {},
                            {{"/etc/coredns", "coredns", false, {{"Corefile", "main"}}},
                             {"/etc/coredns/custom/", "coredns-custom", true, {}},
                             {"/etc/coredns", "second", false, {}}}};
  struct Case {
    std::string path;
    std::string file;  // "CONFIGMAP KEY"; empty where there is none
  };
  const std::vector<Case> cases = {
      {"/etc/coredns/Corefile", "coredns main"}, {"/etc/coredns/custom/*.server", "coredns-custom *.server"},
      {"/etc/coredns/other", "second other"},    {"/etc/Corefile", ""},
      {"/etc/coredns/custom/deeper/a", ""},      {"Corefile", ""},
  };
  for (const Case& each : cases) {
    CAPTURE(each.path);
    const auto file = mounted_file(container, each.path);
    CHECK((file ? file->config_map + " " + file->key : "") == each.file);
  }
}

}  // namespace
}  // namespace meshdns
