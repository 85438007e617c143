"""Two clusters with one root CA, of real parts: API servers, istiods, CoreDNS, meshdns, and Envoys as sidecars and as a gateway.

    west                                                      east
    sleep ─▶ CoreDNS ─▶ meshdns          router               istio-eastwestgateway ─▶ serverservice04
      └────▶ serverservice01, serverservice02 · · · · · 172.25.55.50:15443 ─┘

Each pod is a network namespace, and the node that all of them hang on is the router, too: it lets nothing from one cluster into the
other but what is for the gateway's port 15443; both API servers listen on it. Nothing of the machine is touched, and the kernel
takes all of it back when the test program ends. Needs root.
"""

import contextlib
import json
import re
import subprocess
from pathlib import Path

import yaml

from cluster.control_plane import ControlPlane
from cluster.dns_cluster import DnsCluster, objects_of
from cluster.network import ip
from cluster.node import Node
from mesh import objects
from mesh.authority import Authority
from mesh.ends import Ends
from mesh.istiod import Istiod
from mesh.workload import SERVER_PORT, SERVER_PORTS, Workload
from support.meshdns import binary
from support.meshdnsctl import meshdnsctl
from support.process import eventually

WEST, EAST = "west", "east"  # the clusters, and the kubeconfig's contexts: the client's and the one that serves it
GATEWAY, GATEWAY_PORT = "172.25.55.50", 15443  # where west finds east's gateway
HOST = "serverservice04.bar.global"  # east's server, as west calls it
SERVICE = "service01.bar.svc.cluster.local"  # what the tutorial's client calls
URL = f"http://{SERVICE}/headers"
REMOTE, LOCAL = "serverservice04", ["serverservice01", "serverservice02"]  # the servers
CLUSTER_IP = "10.96.1.2"  # of LOCAL's first
SEVERAL, SEVERAL_IP = "several", "10.96.1.6"  # a Service of each cluster that has several ports, of LOCAL's first and REMOTE; west's ClusterIP
DESTINATIONS = [HOST, *(f"{name}.bar.svc.cluster.local" for name in LOCAL)]
_EAST_API_SERVER = "10.245.0.1"
_PODS = {WEST: "10.244", EAST: "10.245"}
_GATEWAY_LABELS = {"app": "istio-eastwestgateway", "istio": "eastwestgateway"}
_FIREWALL = f"""table inet mesh {{
    chain forward {{
        type filter hook forward priority filter; policy accept;
        ct state established,related accept
        ip saddr {_PODS[WEST]}.0.0/16 ip daddr {GATEWAY} tcp dport {GATEWAY_PORT} accept
        ip saddr {_PODS[WEST]}.0.0/16 ip daddr {{ {_PODS[EAST]}.0.0/16, {GATEWAY} }} drop
        ip saddr {_PODS[EAST]}.0.0/16 ip daddr {_PODS[WEST]}.0.0/16 drop
    }}
}}
"""


def _several(cluster_ip, server):
    """Each port's number is the server's."""
    ports = [objects.port(name, number, number) for name, number in zip(("http", "http-admin", "tcp-db"), SERVER_PORTS, strict=True)]
    return objects.service(SEVERAL, "bar", cluster_ip, {"app": server}, ports)


class Cluster:
    """One of the two: its control plane, its istiod and its workloads, all on one node."""

    def __init__(self, name, node, plane, authority, dns_ip="127.0.0.1"):
        """dns_ip: what its pods ask; without it, what refuses at once."""
        self.name, self.node, self.plane, self.authority, self.dns_ip = name, node, plane, authority, dns_ip
        self.node_name, self.region, self.zone = f"{name}-1", name, f"{name}-a"
        self.workloads = {}

    def start_istiod(self):
        self.istiod = Istiod(self.node.pod(f"{_PODS[self.name]}.1.1"), self.name, self.plane, self.authority)

    def add(self, name, namespace, **options):
        """A workload whose processes are still to be started."""
        address = f"{_PODS[self.name]}.2.{len(self.workloads) + 1}"
        self.workloads[name] = Workload(self, name, namespace, address, **options)
        return self.workloads[name]

    def slice_of(self, service, *names):
        """The EndpointSlice of a Service, with those workloads as its ends."""
        ends = [(each.address, each.name, self.node_name, self.zone) for each in map(self.workloads.get, names)]
        return objects.endpoint_slice(service["metadata"]["name"], service["metadata"]["namespace"], service["spec"]["ports"], ends)

    def populate(self, *more):
        """The objects of the workloads, and more."""
        namespaces = {each.namespace for each in self.workloads.values()} | {"istio-system"}
        self.apply(*map(objects.namespace, sorted(namespaces)), objects.node(self.node_name, self.region, self.zone),
                   *(each for workload in self.workloads.values() for each in workload.objects()), *more)
        for each in self.workloads.values():
            self.plane.patch(f"{self.plane.url}/api/v1/namespaces/{each.namespace}/pods/{each.name}/status",
                             {"status": objects.running(each.address)})

    def apply(self, *manifests):
        objects.apply(self.plane, manifests)

    def remove(self, *manifests):
        objects.remove(self.plane, manifests)

    def token(self, namespace, account, audience):
        response = self.plane.http.post(
            f"{self.plane.url}/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token", timeout=30,
            json={"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
                  "spec": {"audiences": [audience], "expirationSeconds": 24 * 3600}})
        assert response.status_code == 201, response.text
        return response.json()["status"]["token"]

    def kill(self):
        for each in self.workloads.values():
            each.kill()
        self.istiod.pod.kill()


class Mesh:
    """As a context manager; when it is entered, every proxy is ready. Its thread is on the router meanwhile."""

    def __init__(self, directory):
        self._directory = directory
        self._open = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as undo:
            undo.push(self._open)
            self._start()
            undo.pop_all()
        return self

    def __exit__(self, *_):
        self._open.close()

    def _start(self):
        for each in ("node", WEST, EAST):
            (self._directory / each).mkdir()
        self.node = self._open.enter_context(Node(self._directory / "node"))
        subprocess.run(["nft", "-f", "-"], input=_FIREWALL, text=True, check=True, capture_output=True)
        ip("address", "add", f"{_EAST_API_SERVER}/32", "dev", "lo")
        authority = Authority(self._directory)
        east_plane = ControlPlane(self._directory / EAST, address=_EAST_API_SERVER)
        self._open.callback(east_plane.stop)
        east_plane.launch()
        self.dns = self._open.enter_context(DnsCluster(self.node, self._directory / WEST))  # west's, with its API server
        self.dns.lay_out(objects_of("kubeadm-1.34"))
        self.west = Cluster(WEST, self.node, self.dns.plane, authority, dns_ip=self.dns.dns_ip)
        self.east = Cluster(EAST, self.node, east_plane, authority)
        east_plane.await_ready().install_crds()
        for cluster in (self.west, self.east):
            self._open.callback(cluster.kill)
            cluster.start_istiod()
        self._populate_west()
        self._populate_east()
        self.kubeconfig = self._write_kubeconfig()
        self._start_workloads()

    def _populate_west(self):
        west = self.west
        west.add("sleep", "foo")
        for name in LOCAL:
            west.add(name, "bar", serves=True)
        port = objects.port("http", 8000, SERVER_PORT)
        called = objects.service("service01", "bar", "10.96.1.1", {"app": "service01"}, [objects.port("http", 80, SERVER_PORT)])
        services = {name: objects.service(name, "bar", f"10.96.1.{number}", {"app": name}, [port])
                    for number, name in enumerate(LOCAL, 2)}
        several = _several(SEVERAL_IP, LOCAL[0])
        west.populate(objects.node("master-1", west.region, west.zone), called, west.slice_of(called, *LOCAL), *services.values(),
                      *(west.slice_of(service, name) for name, service in services.items()), several, west.slice_of(several, LOCAL[0]))
        for service, name in ((services[LOCAL[0]], LOCAL[0]), (several, LOCAL[0])):
            self.node.serve(service["spec"]["clusterIP"], [west.workloads[name].pod])

    def _populate_east(self):
        """The port's name is the tutorial's, from which Istio cannot tell the protocol."""
        east = self.east
        east.add(REMOTE, "bar", serves=True)
        east.add("istio-eastwestgateway", "istio-system", kind="router", labels=_GATEWAY_LABELS)
        server = objects.service(REMOTE, "bar", "10.96.1.4", {"app": REMOTE}, [objects.port("http1", 8000, SERVER_PORT, appProtocol="http")])
        gateway = objects.service("istio-eastwestgateway", "istio-system", "10.96.1.5", _GATEWAY_LABELS,
                                  [objects.port("tls", GATEWAY_PORT, GATEWAY_PORT)], type="LoadBalancer")
        several = _several("10.96.1.7", REMOTE)
        east.populate(server, east.slice_of(server, REMOTE), several, east.slice_of(several, REMOTE),
                      gateway, east.slice_of(gateway, "istio-eastwestgateway"),
                      objects.passthrough_gateway("cross-network-gateway", "istio-system", {"istio": "eastwestgateway"}, "*.local"),
                      objects.istio("PeerAuthentication", "default", "bar", {"mtls": {"mode": "STRICT"}}))
        url = f"{east.plane.url}/api/v1/namespaces/istio-system/services/istio-eastwestgateway/status"
        east.plane.patch(url, {"status": {"loadBalancer": {"ingress": [{"ip": GATEWAY}]}}})
        self.node.serve(GATEWAY, [self.gateway.pod])

    def _start_workloads(self):
        for cluster in (self.west, self.east):
            cluster.istiod.await_ready()
        workloads = [each for cluster in (self.west, self.east) for each in cluster.workloads.values()]
        for each in workloads:
            each.start()
        for each in workloads:
            each.await_proxy()

    def _write_kubeconfig(self):
        """One for both clusters, as their admin."""
        merged = {"apiVersion": "v1", "kind": "Config", "current-context": WEST, "clusters": [], "users": [], "contexts": []}
        for cluster in (self.west, self.east):
            single = yaml.safe_load(cluster.plane.kubeconfig.read_text())
            for each in ("clusters", "users"):
                merged[each].append({**single[each][0], "name": cluster.name})
            merged["contexts"].append({"name": cluster.name, "context": {"cluster": cluster.name, "user": cluster.name}})
        file = self._directory / "kubeconfig"
        file.write_text(yaml.safe_dump(merged))
        return file

    def logs(self):
        """What proxies, servers, istiods and CoreDNS have written, by name."""
        pods = [pod for cluster in (self.west, self.east) for pod in (cluster.istiod.pod, *(each.pod for each in cluster.workloads.values()))]
        return {"CoreDNS": self.dns.logs()} | {name: log for pod in pods for name, log in pod.logs().items()}

    # ---- what is done with it

    def await_weights(self, *weights):
        """Until the client's proxy sends its requests to DESTINATIONS by these; without any, to none by weight."""
        wanted = list(zip(DESTINATIONS, weights))
        eventually(lambda: self.sleep.weights(SERVICE) == wanted, timeout=30, every=0.05)

    def await_failover(self, host=HOST, does=True):
        """Until the client's proxy ejects ends of a host and tries again elsewhere, on all of its ports; or no longer does."""
        def they_do():
            ejects = {"outlier_detection" in each for each in self.sleep.clusters(host)}
            return ejects | {"retry_priority" in each["route"].get("retry_policy", {}) for each in self.sleep.routes(host)}
        eventually(lambda: they_do() == {does}, timeout=30, every=0.05)

    def eject_for(self, seconds, host=HOST):
        """Instead of what the host's rule says; what is ejected is let in again at once."""
        rules = self.west.plane.kubectl("get", "destinationrules", "--all-namespaces", "-o", "json")
        [rule] = [json.dumps(each) for each in json.loads(rules)["items"] if each["spec"]["host"] == host]
        objects.replace(self.west.plane, [json.loads(re.sub(r'(?<="baseEjectionTime": ")\w+', f"{seconds}s", rule))])
        eventually(lambda: {each["outlier_detection"]["base_ejection_time"] for each in self.sleep.clusters(host)} == {f"{seconds}s"},
                   timeout=30, every=0.05)

    def ends(self, host=HOST, port=SERVER_PORT):
        """As the client's proxy has them."""
        return Ends(self.sleep, host, port)

    @property
    def sleep(self):
        """The client's workload."""
        return self.west.workloads["sleep"]

    @property
    def gateway(self):
        """The workload of east's."""
        return self.east.workloads["istio-eastwestgateway"]

    def server(self, name):
        """The workload of that server, in either cluster."""
        return (self.west.workloads | self.east.workloads)[name]

    def ctl(self, *arguments, **options):
        """meshdnsctl as both clusters' admin, outside of pods."""
        return meshdnsctl(*arguments, "--kubeconfig", self.kubeconfig, **options)

    def ctl_in(self, workload, *arguments, **options):
        """meshdnsctl in a pod, where its proxy can be asked."""
        return workload.pod.run(Path(binary()).with_name("meshdnsctl"), *arguments, **options)
