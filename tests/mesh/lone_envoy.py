"""A pod with the stock Envoy as its sidecar and the servers behind it, and no istiod: its clusters and routes, named as Istio names them, are
files. Everything is on the pod's loopback; the hosts of /etc/hosts lead to Envoy."""

import contextlib
import itertools
import json
import re
import signal
import sys
from pathlib import Path

import requests

from cluster.node import at
from mesh.istiod import get, tools_directory
from support.meshdnsctl import program
from support.process import eventually

SERVER = Path(__file__).with_name("http_server.py")
ADMIN = "http://127.0.0.1:15000"
_LISTENING = re.compile("listening")
_TYPE = "type.googleapis.com/envoy."


def _address(port):
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def cluster_of(host, subset=""):
    """Of a host, or HOST:PORT."""
    name, _, port = host.partition(":")
    return f"outbound|{port or 8000}|{subset}|{name}"


def to(weights, **action):
    """What a route does: host → weight, or one host."""
    if isinstance(weights, str):
        return {"route": {"cluster": cluster_of(weights), **action}}
    clusters = [{"name": cluster_of(host), "weight": weight} for host, weight in weights.items()]
    return {"route": {"weighted_clusters": {"clusters": clusters}, **action}}


# As `failover create` has them, but for the time of an ejection.
EJECTING = {
    "outlier_detection": {"consecutive_gateway_failure": 3, "enforcing_consecutive_gateway_failure": 100, "consecutive_5xx": 0, "enforcing_consecutive_5xx": 0,
                          "interval": "0.5s", "base_ejection_time": "1s", "max_ejection_time": "1s", "max_ejection_percent": 100},
    "circuit_breakers": {"thresholds": [{"max_retries": 100_000}]},
    "common_lb_config": {"healthy_panic_threshold": {"value": 1}, "locality_weighted_lb_config": {}}}
RETRIES = {
    "retry_on": "gateway-error,connect-failure,refused-stream", "num_retries": 4, "per_try_timeout": "0.5s", "host_selection_retry_max_attempts": "5",
    "retry_host_predicate": [{"name": "envoy.retry_host_predicates.previous_hosts",
                              "typed_config": {"@type": _TYPE + "extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"}}],
    "retry_priority": {"name": "envoy.retry_priorities.previous_priorities", "typed_config": {
        "@type": _TYPE + "extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig", "update_frequency": 2}}}


class LoneEnvoy:
    """servers: host or HOST:PORT → the name that its server gives itself, or several names, each with its locality and what else Envoy is told of that. hosts: of
    virtual hosts, each with its routes. streams: port → host → weight, for connections that Envoy does not look into."""

    def __init__(self, pod, servers, hosts, streams, port=8000, hashing=()):
        self.pod = pod
        self._servers, self._running = {}, {}
        pod.write("/etc/hosts", "".join(f"127.0.0.1 {host}\n" for host in ["localhost", *hosts]))
        pod.write("/etc/nsswitch.conf", "hosts: files\n")
        numbers = itertools.count(18101)
        clusters = []
        for host, ends in servers.items():
            several = isinstance(ends, dict)
            localities = []
            for name, (locality, options) in (ends if several else {ends: ("", {})}).items():
                if name not in self._servers:
                    self._servers[name] = next(numbers)
                    self.serve(name)
                localities.append({"locality": dict(zip(("region", "zone", "sub_zone"), locality.split("/"), strict=False)), **options,
                                   "lb_endpoints": [{"endpoint": {"address": _address(self._servers[name])}}]})
            clusters.append({
                "@type": _TYPE + "config.cluster.v3.Cluster", "name": cluster_of(host), "connect_timeout": "5s",
                "lb_policy": "RING_HASH" if host in hashing else "LEAST_REQUEST", **(EJECTING if several else {}),
                "load_assignment": {"cluster_name": cluster_of(host), "endpoints": localities}})
        routes = {"@type": _TYPE + "config.route.v3.RouteConfiguration", "name": str(port), "ignore_port_in_host_matching": True,
                  "virtual_hosts": [{"name": f"{host}:{port}", "domains": [host], "routes": routes} for host, routes in hosts.items()]
                  + [{"name": "block_all", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "direct_response": {"status": 502}}]}]}
        self._write("clusters.json", {"resources": clusters})
        self._write("routes.json", {"resources": [routes]})
        self._write("envoy.json", {
            "node": {"id": "lone", "cluster": "lone"}, "admin": {"address": _address(15000)},
            "dynamic_resources": {"cds_config": self._file("clusters.json")},
            "static_resources": {"listeners": [self._http(port), *(self._tcp(port, weights) for port, weights in streams.items())]}})
        self._envoy = pod.start(tools_directory() / "envoy", "--config-path", "/etc/envoy.json",
                                "--use-dynamic-base-id", "--concurrency", "1", name="envoy")

    def await_ready(self):
        eventually(self._ready, timeout=30, every=0.1)

    def serve(self, name):
        """Starts that server, at first or after stop()."""
        self._running[name] = self.pod.start(sys.executable, "-B", SERVER, name, self._servers[name], name=name)
        self._running[name].wait_for_log(_LISTENING)

    def stop(self, name):
        self._running[name].kill()

    def hang(self, name, hung=True):
        """It takes connections, and answers nothing; or goes on."""
        self._running[name].signal(signal.SIGSTOP if hung else signal.SIGCONT)

    def requests(self, name=None):
        """How many Envoy has sent to the servers, or to that one."""
        port = f":{self._servers[name]}" if name else ""
        with at(self.pod.namespace):
            return sum(map(int, re.findall(f"{port}::rq_total::(\\d+)", get(f"{ADMIN}/clusters").text)))

    def ctl(self, *arguments, **options):
        """meshdnsctl in the pod, when it has ended."""
        return self.pod.run(program(), *arguments, **options)

    def start_ctl(self, *arguments):
        return self.pod.start(program(), *arguments)

    def _ready(self):
        assert self._envoy.running, self._envoy.log[-4000:]
        try:
            with at(self.pod.namespace):
                return get(f"{ADMIN}/ready").text == "LIVE\n"
        except requests.RequestException as silence:
            raise AssertionError(silence) from silence

    def _write(self, name, content):
        self.pod.write(f"/etc/{name}", json.dumps(content))

    def _file(self, name):
        return {"path_config_source": {"path": f"/etc/{name}"}, "resource_api_version": "V3"}

    def _http(self, port):
        router = {"name": "envoy.filters.http.router", "typed_config": {"@type": _TYPE + "extensions.filters.http.router.v3.Router"}}
        return self._listener(port, "http_connection_manager.v3.HttpConnectionManager", {
            "rds": {"route_config_name": str(port), "config_source": self._file("routes.json")}, "http_filters": [router]})

    def _tcp(self, port, weights):
        clusters = [{"name": cluster_of(host), "weight": weight} for host, weight in weights.items()]
        return self._listener(port, "tcp_proxy.v3.TcpProxy", {"weighted_clusters": {"clusters": clusters}})

    def _listener(self, port, kind, config):
        typed = {"@type": f"{_TYPE}extensions.filters.network.{kind}", "stat_prefix": "out", **config}
        name = "envoy.filters.network." + kind.split(".")[0]
        return {"name": f"0.0.0.0_{port}", "address": _address(port), "filter_chains": [{"filters": [{"name": name, "typed_config": typed}]}]}


@contextlib.contextmanager
def lone_envoy(node, *arguments, **options):
    """One that is ready, in a pod of that node."""
    pod = node.pod("10.244.0.2")
    try:
        envoy = LoneEnvoy(pod, *arguments, **options)
        envoy.await_ready()
        yield envoy
    finally:
        pod.kill()
