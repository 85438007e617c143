"""A pod of the mesh: its server, if it has one, and its proxy, which Istio's agent runs as the user 1337."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import requests

from cluster.node import at
from mesh import istiod, objects
from mesh.istiod import get, tools_directory
from support.process import eventually

SERVER = Path(__file__).with_name("http_server.py")
SERVER_PORT = 8000
STREAM_PORT = 9000  # in whose connections no proxy looks
SERVER_PORTS = [SERVER_PORT, 8080, STREAM_PORT]  # all that a server listens on
ADMIN = "http://127.0.0.1:15000"
_LISTENING = re.compile("^listening$")
_USER = 1337
# The user can walk neither to this pod's files nor to the programs: they are mounted where it can. None of the
# processes outlives the one that is started here.
_AS_PROXY = f'''mount --bind "$1" /srv && mount --bind "$2" /mnt && cd /srv && shift 2 &&
exec unshare --pid --fork --kill-child setpriv --reuid {_USER} --regid {_USER} --clear-groups --pdeathsig KILL "$@"'''


class Workload:
    """A pod, its Pod object, and the processes in it."""

    def __init__(self, cluster, name, namespace, address, kind="sidecar", serves=False, labels=None):
        """kind: of the proxy, `sidecar` or `router`."""
        self.name, self.namespace, self.address = name, namespace, address
        self.labels = labels or {"app": name, "security.istio.io/tlsMode": "istio"}  # as the injector says that it has a sidecar
        self.pod = cluster.node.pod(address)
        self._cluster = cluster
        self._kind, self._serves = kind, serves
        self._server = self._proxy = None
        self.pod.write("/etc/hosts", f"127.0.0.1 localhost\n{cluster.istiod.pod.address} {istiod.NAME}\n")
        self.pod.write("/etc/nsswitch.conf", "hosts: files dns\n")
        self.pod.write("/etc/resolv.conf", f"nameserver {cluster.dns_ip}\nsearch {namespace}.svc.cluster.local svc.cluster.local cluster.local\n"
                                           "options ndots:5\n")

    def objects(self):
        return [objects.service_account(self.name, self.namespace),
                objects.pod(self.name, self.namespace, self.labels, self._cluster.node_name)]

    def start(self):
        """All of its processes, at first or after kill(); await_proxy() waits for it."""
        if not (self.pod.root / "var").exists():
            self._prepare()
            if self._kind == "sidecar":
                self._capture()
        if self._serves:
            self.serve()
        self._start_proxy()

    def kill(self):
        self.pod.kill()

    def restart(self):
        """After kill(); it is ready when this returns."""
        self.start()
        self.await_proxy()

    # ---- the proxy

    def _start_proxy(self):
        agent = ("sh", "-c", _AS_PROXY, "sh", self.pod.root, tools_directory(), "/mnt/pilot-agent")
        self._proxy = self.pod.start(*agent, "proxy", self._kind, "--domain", f"{self.namespace}.svc.cluster.local",
                                     name=f"proxy of {self.name}", **self._environment())

    def _prepare(self):
        """The files that a kubelet and the injector would put there."""
        root = self.pod.root
        token, template = root / "var/run/secrets/tokens/istio-token", root / "var/lib/istio/envoy/envoy_bootstrap_tmpl.json"
        certificate = root / "var/run/secrets/istio/root-cert.pem"
        for file in (token, template, certificate):
            file.parent.mkdir(parents=True)
        token.write_text(self._cluster.token(self.namespace, self.name, "istio-ca"))
        shutil.copy(tools_directory() / "envoy_bootstrap.json", template)
        shutil.copy(self._cluster.authority.certificate, certificate)
        self.pod.write("/etc/istio/pod/labels", "".join(f'{key}="{value}"\n' for key, value in self.labels.items()))
        self.pod.write("/etc/istio/pod/annotations", "")
        for directory, _, files in os.walk(root):
            for path in (directory, *(os.path.join(directory, file) for file in files)):
                os.chown(path, _USER, _USER)

    def _capture(self):
        """What comes and goes passes the proxy, but for the API server."""
        user = str(_USER)
        with at(self.pod.namespace):
            done = subprocess.run([tools_directory() / "pilot-agent", "istio-iptables", "-p", "15001", "-z", "15006", "-u", user, "-g", user,
                                   "-m", "REDIRECT", "-i", "*", "-x", f"{self._cluster.plane.address}/32", "-b", "*",
                                   "-d", "15090,15021,15020"], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr

    def _environment(self):
        config = {"discoveryAddress": f"{istiod.NAME}:15012", "binaryPath": "/mnt/envoy", "concurrency": 1,
                  "proxyStatsMatcher": {"inclusionRegexps": [".*outlier_detection.*"]}}
        return {
            "POD_NAME": self.name, "POD_NAMESPACE": self.namespace, "INSTANCE_IP": self.address, "HOST_IP": self._cluster.plane.address,
            "SERVICE_ACCOUNT": self.name, "ISTIO_META_NODE_NAME": self._cluster.node_name, "ISTIO_META_CLUSTER_ID": self._cluster.name,
            "ISTIO_META_MESH_ID": "mesh", "ISTIO_META_INTERCEPTION_MODE": "REDIRECT", "ISTIO_META_WORKLOAD_NAME": self.name,
            "PILOT_CERT_PROVIDER": "istiod", "CA_ADDR": f"{istiod.NAME}:15012", "TRUST_DOMAIN": "cluster.local",
            "PROXY_CONFIG": json.dumps(config), "HOME": "/srv"}

    def await_proxy(self):
        eventually(self._proxy_is_ready, timeout=60, every=0.05)

    def _proxy_is_ready(self):
        if not self._proxy.running:
            raise RuntimeError(f"{self._proxy.name} ended; its log:\n{self._proxy.log[-4000:]}")
        try:
            return get(f"http://{self.address}:15021/healthz/ready").status_code == 200
        except requests.RequestException as silence:
            raise AssertionError(f"{self._proxy.name}: {silence}; its log:\n{self._proxy.log[-4000:]}") from None

    def admin(self, path):
        """The text of a page of the proxy's admin interface."""
        with at(self.pod.namespace):
            return get(f"{ADMIN}{path}").text

    def routes(self, host):
        """Of a host, in its proxy."""
        dump = json.loads(self.admin("/config_dump?resource=dynamic_route_configs"))
        hosts = [each for config in dump["configs"] for each in config["route_config"]["virtual_hosts"] if host in each["domains"]]
        return [route for each in hosts for route in each["routes"]]

    def clusters(self, host):
        """Likewise, one a port."""
        dump = json.loads(self.admin("/config_dump?resource=dynamic_active_clusters"))
        return [each["cluster"] for each in dump["configs"] if each["cluster"]["name"].endswith(f"||{host}")]

    def weights(self, host):
        """Where its proxy sends requests to a host, by the first route that has weights: (destination's host, weight) each."""
        clusters = [each["route"]["weighted_clusters"]["clusters"] for each in self.routes(host) if "weighted_clusters" in each.get("route", {})]
        return [(each["name"].rsplit("|")[-1], each["weight"]) for each in clusters[0]] if clusters else []

    # ---- the server

    def serve(self):
        self._server = self.pod.start(sys.executable, "-B", SERVER, self.name, *SERVER_PORTS, name=f"server of {self.name}")
        self._server.wait_for_log(_LISTENING)

    def kill_server(self):
        self._server.kill()

    def hang_server(self):
        """It takes connections, and answers nothing."""
        self._server.signal(signal.SIGSTOP)

    def fail_server(self, status, *paths):
        """It answers with that code, to these paths alone where there are any."""
        self.pod.write("/run/status", " ".join(map(str, (status, *paths))))

    def heal_server(self):
        """After any of these."""
        (self.pod.root / "run/status").unlink(missing_ok=True)
        if self._server.running:
            self._server.signal(signal.SIGCONT)
        else:
            self.serve()
