"""A cluster's istiod, in a pod of its own: it watches the API server, signs certificates and configures the proxies."""

import subprocess
from pathlib import Path

import requests
import yaml

from support.process import eventually

HERE = Path(__file__).resolve().parent
NAME = "istiod.istio-system.svc"  # of its certificate: a proxy's pod has it in /etc/hosts
MESH = {
    "accessLogFile": "./access.log", "defaultProviders": {}, "enablePrometheusMerge": False, "enableTracing": False,
    "outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"}, "rootNamespace": "istio-system", "trustDomain": "cluster.local"}
# What the stock Envoy lacks is turned off: istio.alpn, istio.metadata_exchange, istio.stats.
ENVIRONMENT = {
    "POD_NAME": "istiod", "POD_NAMESPACE": "istio-system", "SERVICE_ACCOUNT": "istiod", "REVISION": "default",
    "PILOT_CERT_PROVIDER": "istiod", "INJECTION_WEBHOOK_CONFIG_NAME": "", "VALIDATION_WEBHOOK_CONFIG_NAME": "",
    "PILOT_ENABLE_ANALYSIS": "false", "PILOT_ENABLE_ALPN_FILTER": "false", "PILOT_ENABLE_METADATA_EXCHANGE": "false"}


def tools_directory():
    """What tools/build makes."""
    where = subprocess.run([HERE / "tools/build", "--where"], check=True, capture_output=True, text=True)
    return Path(where.stdout.strip())


class Istiod:
    def __init__(self, pod, cluster, plane, authority):
        """cluster: its name in the mesh."""
        self.pod = pod
        authority.intermediate(pod.root / "ca", cluster)
        pod.write("/etc/resolv.conf", "nameserver 127.0.0.1\n")
        pod.write("/etc/mesh.yaml", yaml.safe_dump(MESH))
        pod.write("/etc/networks.yaml", "networks: {}\n")
        environment = {**ENVIRONMENT, "CLUSTER_ID": cluster, "ROOT_CA_DIR": str(pod.root / "ca"), "HOME": str(pod.root)}
        self._process = pod.start(
            "env", "--chdir", pod.root, tools_directory() / "pilot-discovery", "discovery", "--kubeconfig", plane.kubeconfig,
            "--meshConfig", "/etc/mesh.yaml", "--networksConfig", "/etc/networks.yaml", "--domain", "cluster.local",
            "--httpAddr", ":8080", "--httpsAddr", "", "--grpcAddr", ":15010", "--secureGRPCAddr", ":15012", "--monitoringAddr", ":15014",
            name=f"istiod of {cluster}", KUBECONFIG=str(plane.kubeconfig), **environment)

    def await_ready(self):
        eventually(self._ready, timeout=60, every=0.1)

    def _ready(self):
        if not self._process.running:
            raise RuntimeError(f"{self._process.name} ended; its log:\n{self._process.log[-4000:]}")
        return self._get(8080, "/ready").status_code == 200

    def rejects(self):
        """How many of its configurations proxies have refused."""
        samples = [line.rsplit(" ", 1) for line in self._get(15014, "/metrics").text.splitlines()]
        return sum(float(value) for name, value in samples if name.startswith("pilot_total_xds_rejects"))

    def _get(self, port, path):
        try:
            return get(f"http://{self.pod.address}:{port}{path}")
        except requests.RequestException as silence:
            raise AssertionError(f"{self._process.name}: {silence}") from None


def get(url):
    """Over HTTP, from the network where this thread is."""
    http = requests.Session()
    http.trust_env = False
    return http.get(url, timeout=5)
