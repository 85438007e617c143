"""A real control plane on loopback: etcd and kube-apiserver with the Istio CRDs, kubectl, and CoreDNS in front of us.

There is no kubelet, no scheduler and no controller; nothing runs what is applied. The binaries come from tools/build.
"""

import base64
import json
import os
import random
import socket
import subprocess
import uuid
from pathlib import Path

import dns.exception
import requests
import yaml

from support.meshdns import ask
from support.process import Process, eventually

HERE = Path(__file__).resolve().parent
DEPLOY = HERE.parents[1] / "deploy"
ADMIN_TOKEN = "admin-of-the-test"
ISSUER = "https://kubernetes.default.svc.cluster.local"
SEED_BATCH = 1000  # objects a transaction: some 600 KB, and etcd takes requests of up to 1.5 MB


def tools_directory():
    where = subprocess.run([HERE / "tools/build", "--where"], check=True, capture_output=True, text=True)
    return Path(where.stdout.strip())


def free_port():
    """A port that was free for UDP and TCP a moment ago: for programs that cannot pick one and tell.

    It lies below the range that the kernel picks from: a port that is free while the API server is away stays free.
    """
    while True:
        address = ("127.0.0.1", random.randrange(20000, 32000))
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            try:
                tcp.bind(address)
                udp.bind(address)
                return address[1]
            except OSError:
                continue


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def certify(stem, name, authority=None, address="127.0.0.1"):
    """Makes STEM.key and STEM.crt: an authority, or for a server on that address or a client, by the authority of that stem."""
    kind = []
    if authority:
        kind = ["-CA", f"{authority}.crt", "-CAkey", f"{authority}.key", "-addext", f"subjectAltName=IP:{address}",
                "-addext", "basicConstraints=critical,CA:FALSE"]
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 30,
            "-subj", f"/CN={name}", *kind, "-keyout", f"{stem}.key", "-out", f"{stem}.crt")


class ControlPlane:
    """etcd and kube-apiserver with data and certificates under one directory; the ports outlive restarts."""

    def __init__(self, directory, address="127.0.0.1"):
        """address: the API server's."""
        self.directory = directory
        self.address = address
        self.tools = tools_directory()
        self.port = free_port()
        self.url = f"https://{address}:{self.port}"
        self.http = self.session()
        self.http.mount("https://", requests.adapters.HTTPAdapter(pool_maxsize=16))
        self.api_server = None
        self.authority = "ca"  # the stem of its key and certificate: that of the API server's certificate
        self._make_certificates()
        self._write_credentials()
        self._etcd_peer, self.etcd_url = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        self.etcd_data = directory / "etcd"
        self._start_etcd()

    def session(self):
        """The cluster's admin, over HTTP; one for each thread."""
        http = requests.Session()
        http.trust_env = False
        http.verify = str(self.directory / "trusted.crt")
        http.headers["Authorization"] = f"Bearer {ADMIN_TOKEN}"
        return http

    def _make_certificates(self):
        d = self.directory
        certify(d / "ca", "test CA")
        certify(d / "server", "kube-apiserver", d / "ca", self.address)
        certify(d / "clients-ca", "test CA of clients")
        openssl("genrsa", "-out", d / "service-accounts.key", 2048)

    def _write_credentials(self):
        (self.directory / "audit.yaml").write_text(yaml.safe_dump({
            "apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["ResponseComplete"],
            "rules": [{"level": "Metadata", "verbs": ["list", "watch"], "resources": [{"group": "networking.istio.io"}]},
                      {"level": "None"}]}))
        (self.directory / "tokens.csv").write_text(f'{ADMIN_TOKEN},admin,1,"system:masters"\n')
        self.trust("ca")

    def write_kubeconfig(self, name, token, url=None):
        """A kubeconfig for the bearer of a token, of this API server or of what is at `url`; returns its path."""
        authority = base64.b64encode((self.directory / "trusted.crt").read_bytes()).decode()
        file = self.directory / f"{name}.kubeconfig"
        file.write_text(yaml.safe_dump({
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [{"name": "test", "cluster": {"server": url or self.url,
                                                   "certificate-authority-data": authority}}],
            "users": [{"name": name, "user": {"token": token}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": name}}]}))
        return file

    def _start_etcd(self):
        client, peer = self.etcd_url, self._etcd_peer
        self.etcd = Process([
            self.tools / "etcd", "--name=test", f"--data-dir={self.etcd_data}", "--unsafe-no-fsync",
            f"--listen-client-urls={client}", f"--advertise-client-urls={client}", f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=test={peer}", "--log-level=warn",
            f"--max-txn-ops={SEED_BATCH}"])

    def start(self):
        """Starts the API server and waits until it is ready."""
        self.launch()
        return self.await_ready()

    def launch(self):
        d = self.directory
        self.api_server = Process([
            self.tools / "kube-apiserver", f"--etcd-servers={self.etcd_url}", f"--secure-port={self.port}",
            f"--bind-address={self.address}", f"--advertise-address={self.address}", "--endpoint-reconciler-type=none",
            f"--tls-cert-file={d / 'server.crt'}", f"--tls-private-key-file={d / 'server.key'}",
            f"--token-auth-file={d / 'tokens.csv'}", f"--client-ca-file={d / 'clients-ca.crt'}",
            "--authorization-mode=RBAC", f"--audit-policy-file={d / 'audit.yaml'}", f"--audit-log-path={d / 'audit.log'}",
            f"--service-account-key-file={d / 'service-accounts.key'}",
            f"--service-account-signing-key-file={d / 'service-accounts.key'}",
            f"--service-account-issuer={ISSUER}", f"--api-audiences={ISSUER},istio-ca",
            "--service-cluster-ip-range=10.96.0.0/16", "--disable-admission-plugins=ServiceAccount", f"--cert-dir={d}",
            "--max-requests-inflight=3000", "--max-mutating-requests-inflight=1000"])

    def await_ready(self):
        eventually(self._ready, timeout=60, every=0.1)
        return self

    def _ready(self):
        assert self.api_server.running, f"kube-apiserver ended; its log:\n{self.api_server.log[-4000:]}"
        try:
            return self.http.get(f"{self.url}/readyz", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def kill_api_server(self):
        self.api_server.kill()

    def restart(self, between=lambda: None):
        """Stops the API server and etcd, and starts them after a call of `between`."""
        self.api_server.kill()
        self.etcd.stop()
        between()
        self._start_etcd()
        self.start()

    def trust(self, *stems):
        """From now on this side of the tests trusts these authorities."""
        authorities = "".join((self.directory / f"{stem}.crt").read_text() for stem in stems)
        (self.directory / "trusted.crt").write_text(authorities)
        self.kubeconfig = self.write_kubeconfig("admin", ADMIN_TOKEN)

    def audit(self):
        """Who, the tests apart, began to list or watch ServiceEntries, in order: (user, request URI)."""
        events = map(json.loads, (self.directory / "audit.log").read_text().splitlines())
        requests_ = [(event["user"]["username"], event["requestURI"]) for event in events
                     if event["stage"] == "RequestReceived"]
        return [(user, uri) for user, uri in requests_ if user != "admin"]

    def stop(self):
        if self.api_server:
            self.api_server.kill()
        self.etcd.kill()

    def install_crds(self):
        self.kubectl("apply", "--server-side", "-f", self.tools / "crds.yaml")
        self.await_established("crd/serviceentries.networking.istio.io")
        return self

    def await_established(self, *definitions):
        """As kubectl names them; it gives up on one that has no conditions yet, as a moment after it was created."""
        eventually(lambda: self.kubectl("wait", "--for=condition=Established", "--timeout=30s", *definitions), timeout=30)

    def kubectl(self, *arguments, accept=(0,)):
        """Standard output of kubectl as the cluster's admin."""
        done = subprocess.run([self.tools / "kubectl", "--kubeconfig", self.kubeconfig, *map(str, arguments)],
                              capture_output=True, text=True, timeout=120,
                              env={"HOME": str(self.directory), "PATH": os.environ["PATH"]})
        assert done.returncode in accept, f"kubectl {' '.join(map(str, arguments))}: {done.stderr}"
        return done.stdout

    def create(self, manifest):
        """Creates one ServiceEntry with one request: a loop of them is a hundred times faster than kubectl."""
        response = self.http.post(self._entries(manifest["metadata"]["namespace"]), json=manifest, timeout=30)
        assert response.status_code == 201, response.text

    def patch(self, url, change):
        """Merges into an object (RFC 7396)."""
        response = self.http.patch(url, json=change, headers={"Content-Type": "application/merge-patch+json"}, timeout=30)
        assert response.status_code == 200, response.text

    def readdress(self, name, address, namespace="bar"):
        """Gives a ServiceEntry another address."""
        self.patch(f"{self._entries(namespace)}/{name}", {"spec": {"addresses": [address]}})

    def delete(self, name, namespace="bar"):
        response = self.http.delete(f"{self._entries(namespace)}/{name}", timeout=30)
        assert response.status_code == 200, response.text

    def _entries(self, namespace):
        return f"{self.url}/apis/networking.istio.io/v1/namespaces/{namespace}/serviceentries"

    def seed(self, manifests):
        """Writes ServiceEntries into etcd as the API server stores them: 100,000 take seconds, not minutes."""
        def put(manifest):
            meta = manifest["metadata"]
            stored = {**manifest, "metadata": {**meta, "uid": str(uuid.uuid4()), "generation": 1}}
            key = f"/registry/networking.istio.io/serviceentries/{meta['namespace']}/{meta['name']}"
            return {"requestPut": {"key": base64.b64encode(key.encode()).decode(),
                                   "value": base64.b64encode(json.dumps(stored).encode()).decode()}}

        for first in range(0, len(manifests), SEED_BATCH):
            batch = {"success": [put(manifest) for manifest in manifests[first:first + SEED_BATCH]]}
            response = self.http.post(f"{self.etcd_url}/v3/kv/txn", json=batch, timeout=30)
            assert response.status_code == 200, response.text

    def service_account_kubeconfig(self, namespace, name):
        """A kubeconfig whose bearer is that ServiceAccount, with what RBAC allows it and no more."""
        token = self.kubectl("create", "token", name, "-n", namespace, "--duration=1h").strip()
        return self.write_kubeconfig(f"{namespace}-{name}", token)


class CoreDns(Process):
    """CoreDNS with the tutorial's block for the zone `global`, forwarding to ports of ours."""

    def __init__(self, directory, *upstream_ports, cache=True, forward=""):
        """forward: options of that plugin."""
        self.dns_port = free_port()
        corefile = directory / "Corefile"
        upstreams = " ".join(f"127.0.0.1:{port}" for port in upstream_ports)
        corefile.write_text(f"global:{self.dns_port} {{\n    errors\n" + ("    cache 30\n" if cache else "") +
                            f"    forward . {upstreams} {{\n        {forward}\n    }}\n    bind 127.0.0.1\n}}\n")
        super().__init__([tools_directory() / "coredns", "-conf", corefile])

    def query(self, name, rdtype="A", **options):
        return ask(self.dns_port, name, rdtype, **options)

    def answers(self):
        assert self.running, f"CoreDNS ended; its log:\n{self.log}"
        try:
            return self.query("global", "SOA", timeout=1)
        except (dns.exception.Timeout, OSError):
            return None
