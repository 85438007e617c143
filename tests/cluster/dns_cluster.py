"""A cluster's DNS that answers: the real CoreDNS, with the objects of a distribution, on the pods that these name.

    pods ─▶ [node-local cache ─▶] the DNS Service ─▶ its replicas ─▶ meshdns, for the zone `global` where that is delegated
                                                        └──────────▶ an upstream resolver, which knows no `global`
"""

import contextlib
import json
import re
import subprocess

import dns.exception
import pytest
import yaml

from cluster.control_plane import ADMIN_TOKEN, DEPLOY, ControlPlane, tools_directory
from cluster.kubelet import NAMESPACE, Kubelet, Replica, local_addresses
from cluster.node import Node, at
from cluster.stub_clusters import STUB, prepare
from support.entries import service_entry
from support.meshdns import addresses, ask, binary, rcode
from support.meshdnsctl import meshdnsctl
from support.process import eventually

HOST, ADDRESS = "web.bar.global", "240.0.0.7"  # in the zone that meshdns answers
OUTSIDE, OUTSIDE_ADDRESS = "www.example.org", "192.0.2.80"  # what the upstream resolver knows
INSIDE, INSIDE_ADDRESS = "kubernetes.default.svc.cluster.local", "10.96.0.1"
UPSTREAM_COREFILE = f"""{OUTSIDE}:53 {{
    hosts {{
        {OUTSIDE_ADDRESS} {OUTSIDE}
    }}
}}
.:53 {{
    template IN ANY . {{
        rcode NXDOMAIN
        authority ". 60 IN SOA a.root-servers.net. nstld.verisign-grs.com. 1 1800 900 604800 60"
    }}
}}
"""
UPSTREAMS = ["8.8.8.8", "8.8.4.4"]  # that some of the clusters name; on this node they are that resolver, too
CLIENT, UPSTREAM, MESHDNS = "10.244.9.1", "10.244.9.2", "10.244.9.3"
OTHER_IP = "10.96.0.53"  # where meshdns is, too


def objects_of(name):
    """What tests/k8s/stub/clusters/NAME.yaml holds, but for how often its CoreDNS looks for news: every two seconds."""
    text = re.sub(r"(?m)^(\s+)reload$", r"\1reload 2s 1s", (STUB / "clusters" / f"{name}.yaml").read_text())
    return [each for each in yaml.safe_load_all(text) if each]


class DnsCluster:
    """As a context manager, within its node. lay_out() says what cluster it is."""

    AS_BEFORE = {OUTSIDE: ("NOERROR", [OUTSIDE_ADDRESS]), INSIDE: ("NOERROR", [INSIDE_ADDRESS]), "no.example.org": ("NXDOMAIN", [])}

    def __init__(self, node, directory):
        self.node = node
        self._directory = directory
        self._open = contextlib.ExitStack()
        self._laid_out = contextlib.ExitStack()
        self._objects = directory / "objects.yaml"

    def __enter__(self):
        self.plane = ControlPlane(self._directory, address=Node.ADDRESS)
        self._open.callback(self.plane.stop)
        self.plane.start().install_crds()
        self.plane.kubectl("create", "namespace", "bar")  # where support.entries puts its ServiceEntries
        prepare(self.plane)
        self.plane.kubectl("apply", "-k", DEPLOY / "base")
        self.plane.create(service_entry("web", HOST, [ADDRESS]))
        self.client, self.upstream, self._meshdns_pod = (self.node.pod(address) for address in (CLIENT, UPSTREAM, MESHDNS))
        self.upstream.write("/etc/Corefile", UPSTREAM_COREFILE)
        self.upstream.start(tools_directory() / "coredns", "-conf", "/etc/Corefile", name="upstream resolver")
        self._open.callback(self.upstream.kill)
        for address in UPSTREAMS:
            self.node.serve(address, [self.upstream])
        self._start_meshdns()
        self._open.callback(self.clear)
        return self

    def __exit__(self, *_):
        self._open.close()

    def _start_meshdns(self):
        kubeconfig = self.plane.service_account_kubeconfig("meshdns", "meshdns")
        self._meshdns_pod.write("/etc/meshdns.yaml", yaml.safe_dump({
            "zones": [{"name": "global", "ttl": 5, "negativeTtl": 5}],
            "sources": [{"kubernetes": {"cluster": "east", "kubeconfig": str(kubeconfig), "local": True}}]}))
        self.start_meshdns()
        self._open.callback(self._meshdns_pod.kill)
        service = json.loads(self.plane.kubectl("-n", "meshdns", "get", "service", "meshdns", "-o", "json"))
        self.meshdns_ip = service["spec"]["clusterIP"]
        for address in (self.meshdns_ip, OTHER_IP):
            self.node.serve(address, [self._meshdns_pod])
        eventually(lambda: self.answers(HOST, by=self.meshdns_ip) == ("NOERROR", [ADDRESS]), timeout=30)

    def start_meshdns(self):
        self._meshdns_pod.start(binary(), "--config", "/etc/meshdns.yaml", "--listen", "0.0.0.0:53", "--admin", "127.0.0.1:9153")

    def stop_meshdns(self):
        self._meshdns_pod.kill()

    # ---- which cluster

    def lay_out(self, objects):
        """The cluster of these objects instead of the one before; its DNS answers when this returns."""
        self.apply(objects)
        by_kind = {}
        for each in objects:
            by_kind.setdefault(each["kind"], []).append(each)
        services = by_kind["Service"]
        self.dns_port = services[0]["spec"]["ports"][0]["targetPort"]  # of the replicas
        local = [address for each in by_kind.get("DaemonSet", []) for address in local_addresses(each)]
        self.dns_ip = (local or [services[0]["spec"]["clusterIP"]])[0]  # what pods ask
        ends = [address for each in by_kind.get("EndpointSlice", []) for end in each["endpoints"] for address in end["addresses"]]
        ends += [end["ip"] for each in by_kind.get("Endpoints", []) for subset in each["subsets"] for end in subset["addresses"]]
        self.replica_addresses = ends
        pods = [self.node.pod(address) for address in ends]
        self._replicas = [Replica(pod, by_kind["Deployment"][0]) for pod in pods]
        for service in services:
            self._serve(service, pods)
        self._replicas += [self._node_local(each, services) for each in by_kind.get("DaemonSet", [])]
        for replica in self._replicas:
            self._prepare(replica.pod)
        self._laid_out.enter_context(Kubelet(self.plane, self._replicas, {
            "KUBERNETES_SERVICE_HOST": self.plane.address, "KUBERNETES_SERVICE_PORT": str(self.plane.port)}))
        eventually(self.is_up, timeout=30, every=0.1)

    def _prepare(self, pod):
        """What a kubelet puts into each."""
        pod.resolve_by(UPSTREAM)
        account = "/run/secrets/kubernetes.io/serviceaccount"
        pod.write(f"{account}/token", ADMIN_TOKEN)
        pod.write(f"{account}/ca.crt", (self._directory / "ca.crt").read_text())
        pod.write(f"{account}/namespace", NAMESPACE)

    def is_up(self):
        """Each replica first, over TCP: one that does not run refuses at once."""
        for replica in self.replica_addresses:
            assert self.answers(INSIDE, by=replica, port=self.dns_port, tcp=True) == self.AS_BEFORE[INSIDE], self.logs()
        assert self.everything_else() == self.AS_BEFORE, self.logs()
        return True

    def _serve(self, service, pods):
        """Its ClusterIP leads to those pods, on another port through a relay in each."""
        address, port = service["spec"]["clusterIP"], service["spec"]["ports"][0]["targetPort"]
        self.node.serve(address, pods)
        for pod in pods if port != 53 else []:
            pod.write("/etc/relay", f".:53 {{\n    bind {address}\n    forward . {pod.address}:{port}\n}}\n")
            pod.start(tools_directory() / "coredns", "-conf", "/etc/relay", name="relay")

    def _node_local(self, workload, services):
        pod = self.node.host_pod()
        for address in local_addresses(workload):
            pod.take(address)
        return Replica(pod, workload, services[-1]["spec"]["clusterIP"])

    def apply(self, objects):
        """Their place in the API server, without anything that runs."""
        self.clear()
        self._objects.write_text(yaml.safe_dump_all(objects))
        self.plane.kubectl("create", "-f", self._objects)

    def clear(self):
        self._laid_out.close()
        if self._objects.exists():
            self.plane.kubectl("delete", "--ignore-not-found", "--wait=false", "-f", self._objects)
        self.plane.kubectl("delete", "-n", NAMESPACE, "--wait=false", "--all", "configmaps")

    # ---- what it answers

    def query(self, name, rdtype="A", by=None, port=53, timeout=2, **options):
        """The answer that a pod of no special kind gets from its DNS, or from that address."""
        with at(self.client.namespace):
            return ask(port, name, rdtype, address=by or self.dns_ip, timeout=timeout, **options)

    def answers(self, name, by=None, port=53, tcp=False):
        """Code and addresses of that answer; or why there is none."""
        try:
            answer = self.query(name, by=by, port=port, tcp=tcp)
        except (dns.exception.DNSException, OSError) as silence:
            return repr(silence), []
        return rcode(answer), addresses(answer)

    def everything_else(self):
        """What it answers for names outside the zone; AS_BEFORE is right."""
        return {name: self.answers(name) for name in self.AS_BEFORE}

    def replica_processes(self):
        return {replica.pid for replica in self._replicas}

    def logs(self):
        return "".join(f"--- {replica.pod.address}\n{replica.log}" for replica in self._replicas)

    # ---- what is done to it

    def stub(self, *arguments, **options):
        """meshdnsctl stub, as the cluster's admin on the node."""
        if "--kubeconfig" not in arguments:
            arguments += ("--kubeconfig", self.plane.kubeconfig)
        try:
            return meshdnsctl("stub", *arguments, **options)
        except subprocess.TimeoutExpired as late:
            said = (late.stdout or b"") + (late.stderr or b"")
            raise AssertionError(f"{late}\n{said.decode(errors='replace')}{self.logs()}") from None

    # ---- what it holds

    def config_maps(self):
        """Name → (resourceVersion, data), of those around the DNS."""
        listed = self.plane.http.get(f"{self.plane.url}/api/v1/namespaces/{NAMESPACE}/configmaps", timeout=30).json()
        return {each["metadata"]["name"]: (each["metadata"]["resourceVersion"], each.get("data", {})) for each in listed["items"]
                if each["metadata"]["name"] != "extension-apiserver-authentication"}

    def edit(self, config_map, **data):
        self.plane.patch(f"{self.plane.url}/api/v1/namespaces/{NAMESPACE}/configmaps/{config_map}", {"data": data})


@contextlib.contextmanager
def dns_cluster(directory):
    """On a node of its own, where this thread is meanwhile."""
    if not Node.available():
        pytest.skip("network namespaces need root")
    for each in ("node", "plane"):
        (directory / each).mkdir()
    with Node(directory / "node") as node, DnsCluster(node, directory / "plane") as cluster:
        yield cluster
