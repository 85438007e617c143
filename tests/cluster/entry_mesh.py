"""Two real API servers whose clusters share a mesh, for meshdnsctl entry: east serves serverservice04 behind its gateway."""

import json

import pytest
import yaml

from cluster.conftest import running_control_plane
from cluster.contexts import write_contexts
from support.meshdnsctl import meshdnsctl

HOST, NAME = "serverservice04.bar.global", "serverservice04-bar"
VIP = "240.0.247.94"  # where the host's hash leads
FROM_EAST = ("--from-context", "east", "bar/serverservice04")
BOTH = ("--context", "west", "--context", "east")
LEDGER = ("configmap", "meshdns-vips", "meshdns")
EXIT_DONE, EXIT_FAILED, EXIT_USAGE, EXIT_REFUSED = 0, 1, 2, 3


def service(name, namespace, *ports, **spec):
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": namespace},
            "spec": {"ports": list(ports), **spec}}


SERVED = {"name": "http1", "port": 8000, "appProtocol": "http"}
UDP = {"name": "dns", "port": 53, "protocol": "UDP"}
EAST = [
    {"apiVersion": "v1", "kind": "Node",
     "metadata": {"name": "n1", "labels": {"topology.kubernetes.io/region": "region2", "topology.kubernetes.io/zone": "zone1"}},
     "spec": {"podCIDRs": ["10.244.7.0/24"]}},
    service("serverservice04", "bar", SERVED, UDP, selector={"app": "serverservice04"}),
    {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
     "metadata": {"name": "serverservice04-1", "namespace": "bar", "labels": {"kubernetes.io/service-name": "serverservice04"}},
     "endpoints": [{"addresses": ["10.244.7.4"], "nodeName": "n1"}], "ports": [{"name": "http1", "port": 8000}]},
    service("only-udp", "bar", UDP),
    {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "elsewhere", "namespace": "bar"},
     "spec": {"type": "ExternalName", "externalName": "www.example.org"}},
    service("istio-eastwestgateway", "istio-system", {"name": "tls", "port": 15443}, type="LoadBalancer",
            selector={"app": "istio-eastwestgateway", "istio": "eastwestgateway"}),
]


def gateway(mode="AUTO_PASSTHROUGH", hosts=("*.local",), port=15443):
    return {"apiVersion": "networking.istio.io/v1", "kind": "Gateway",
            "metadata": {"name": "cross-network-gateway", "namespace": "istio-system"},
            "spec": {"selector": {"istio": "eastwestgateway"}, "servers": [
                {"port": {"number": port, "name": "tls", "protocol": "TLS"}, "tls": {"mode": mode}, "hosts": list(hosts)}]}}


class Mesh:
    def __init__(self, planes, directory):
        self.planes = planes
        self.directory = directory
        self.kubeconfig = write_contexts(directory / "kubeconfig", planes)

    def entry(self, command, *arguments, kubeconfig=None):
        return meshdnsctl("entry", command, *arguments, "--kubeconfig", kubeconfig or self.kubeconfig)

    def apply(self, cluster, *objects):
        file = self.directory / "objects.yaml"
        file.write_text(yaml.safe_dump_all(objects))
        self.planes[cluster].kubectl("apply", "--server-side", "--force-conflicts", "-f", file)

    def get(self, cluster, kind, name=NAME, namespace="bar"):
        """The object, or None."""
        text = self.planes[cluster].kubectl("-n", namespace, "get", kind, name, "-o", "json", "--ignore-not-found")
        return json.loads(text) if text else None

    def spec(self, cluster, kind, name=NAME, namespace="bar"):
        return self.get(cluster, kind, name, namespace)["spec"]

    def ledger(self, cluster="west"):
        return (self.get(cluster, *LEDGER) or {}).get("data", {})

    def there(self):
        """Which of the host's objects are there."""
        return {(cluster, kind) for cluster in self.planes for kind in ("destinationrule", "serviceentry")
                if self.get(cluster, kind)}

    def clear(self):
        for plane in self.planes.values():
            plane.kubectl("-n", "bar", "delete", "serviceentries,destinationrules,virtualservices", "--all")
            plane.kubectl("-n", "meshdns", "delete", "configmap", "meshdns-vips", "--ignore-not-found")


@pytest.fixture(scope="module")
def two_clusters(tmp_path_factory):
    with running_control_plane(tmp_path_factory.mktemp("west")) as west, \
            running_control_plane(tmp_path_factory.mktemp("east")) as east:
        mesh = Mesh({"west": west, "east": east}, tmp_path_factory.mktemp("mesh"))
        for plane in (west, east):
            plane.kubectl("create", "namespace", "istio-system")
        mesh.apply("east", *EAST)
        east.kubectl("-n", "istio-system", "patch", "service", "istio-eastwestgateway", "--subresource=status", "--type=merge",
                     "-p", json.dumps({"status": {"loadBalancer": {"ingress": [{"ip": "172.25.55.50"}]}}}))
        yield mesh


@pytest.fixture
def mesh(two_clusters):
    two_clusters.clear()
    two_clusters.apply("east", gateway())
    return two_clusters


def done(ended):
    assert ended.returncode == EXIT_DONE, ended.stderr
    return ended.stdout


def refused(ended, *named):
    assert (ended.returncode, ended.stdout) == (EXIT_REFUSED, ""), ended.stderr
    for each in named:
        assert each in ended.stderr, ended.stderr
