"""meshdnsctl route verify outside of the mesh: what the cluster's objects say, and the pod that it has itself run in."""

import http.server
import itertools
import json
import shlex
import subprocess
import threading

import pytest
import yaml

from support.meshdnsctl import meshdnsctl

WEIGHTS = {"s4": 2, "s1": 1, "s2": 1}
IMAGE = "registry.example/mesh/meshdns:9.9"  # that the cluster runs
HASHING = {"trafficPolicy": {"loadBalancer": {"consistentHash": {"httpHeaderName": "user"}}}}


class Handler(http.server.BaseHTTPRequestHandler):
    """Stands for the mesh: each request is answered by the next of the servers, as often as their weights say."""

    names = itertools.cycle(name for name, weight in WEIGHTS.items() for _ in range(weight))

    def do_GET(self):
        self.send_response(200)
        self.send_header("X-Served-By", next(self.names))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def port():
    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def istio_object(kind, name, **spec):
    return {"apiVersion": "networking.istio.io/v1", "kind": kind, "metadata": {"name": name, "namespace": "bar"}, "spec": spec}


def destination(name, weight):
    return {"destination": {"host": f"{name}.bar.global", "port": {"number": 8000}}, "weight": weight}


@pytest.fixture(scope="module", autouse=True)
def objects(control_plane, tmp_path_factory):
    """A route for /headers, one for what cannot be told, and one that goes by hash."""
    weighted = [destination(*each) for each in WEIGHTS.items()]
    routes = [{"match": [{"uri": {"prefix": "/headers"}}], "route": weighted},
              {"match": [{"uri": {"prefix": "/asks"}, "headers": {"user": {"exact": "x"}}}], "route": weighted},
              {"match": [{"uri": {"prefix": "/alike"}}], "route": [destination("s5", 1), destination("s4", 1)]}]
    file = tmp_path_factory.mktemp("objects") / "objects.yaml"
    file.write_text(yaml.safe_dump_all([istio_object("VirtualService", "weighted", hosts=["localhost"], http=routes),
                                        istio_object("DestinationRule", "hashing", host="s5.bar.global", **HASHING)]))
    control_plane.kubectl("apply", "-f", file)
    control_plane.kubectl("run", "meshdns-0", "-n", "bar", f"--image={IMAGE}", "--labels=app.kubernetes.io/name=meshdns")


def verify(plane, port, *arguments, path="/headers", host="localhost", kubeconfig=None):
    return meshdnsctl("route", "verify", f"http://{host}:{port}{path}", "--count", 100, "--rate", 500, "--kubeconfig",
                      kubeconfig or plane.kubeconfig, "-n", "bar", *arguments)


def test_the_virtual_service_says_the_weights(control_plane, port):
    ended = verify(control_plane, port, "--by", "header:x-served-by")
    assert (ended.returncode, ended.stderr) == (0, ""), ended
    for part in ("s4.bar.global:8000  2       50.0      50   50.0%\n", "\nWeights:    the route for prefix=/headers of VirtualService bar/weighted\n"):
        assert part in ended.stdout


# arguments, path, host, exit code, what standard error says
REFUSED = {
    "consistent hashing": (["--by", "header:x-served-by"], "/alike", "localhost", 2, "(consistentHash of DestinationRule bar/hashing)"),
    "a path without a route": (["--by", "header:x-served-by"], "/", "localhost", 3, "VirtualService bar/weighted has no http route that takes /; --expect "),
    "a route that cannot be told": (["--by", "header:x-served-by"], "/asks", "localhost", 3, "takes the request cannot be told here; --expect "),
    "a host without a route": (["--by", "header:x-served-by"], "/", "localhos", 3, "no VirtualService has the host localhos.bar.svc.cluster.local; the nearest is localhost.bar"),
    "nobody says who answers": ([], "/headers", "localhost", 3, "there is no sidecar here that tells who answers"),
}


@pytest.mark.parametrize("arguments, path, host, code, message", REFUSED.values(), ids=REFUSED)
def test_what_the_objects_do_not_allow(control_plane, port, arguments, path, host, code, message):
    ended = verify(control_plane, port, *arguments, path=path, host=host)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert message in ended.stderr


def test_who_may_not_read_them_is_told_which(control_plane, port):
    control_plane.kubectl("create", "serviceaccount", "nobody", "-n", "bar")
    kubeconfig = control_plane.service_account_kubeconfig("bar", "nobody")
    ended = verify(control_plane, port, "--by", "header:x-served-by", kubeconfig=kubeconfig)
    assert ended.returncode == 1 and 'cannot list resource "virtualservices"' in ended.stderr, ended.stderr


def test_the_line_for_a_pod_is_one_that_kubectl_and_the_api_server_take(control_plane, port):
    ended = verify(control_plane, port, "--expect", "s4.bar.global=2", "--expect", "s1.bar.global=1", path="/headers?a=1&b='2'")
    line = shlex.split(ended.stderr.splitlines()[-1])
    assert line[:2] == ["kubectl", "--kubeconfig"] and {"--rm", "--attach"} < set(line)
    # Nothing runs pods here: the API server is asked what it would make of it.
    words = [word for word in line[1:] if word not in ("--rm", "--attach")]
    ran = subprocess.run([control_plane.tools / "kubectl", *words[:words.index("--command")], "--dry-run=server", "-o", "json",
                          *words[words.index("--command"):]], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    pod = json.loads(ran.stdout)
    assert pod["metadata"]["namespace"] == "bar" and pod["metadata"]["labels"] == {"sidecar.istio.io/inject": "true"}
    assert json.loads(pod["metadata"]["annotations"]["proxy.istio.io/config"]) == {"holdApplicationUntilProxyStarts": True}
    (container,) = pod["spec"]["containers"]
    assert container["command"] == ["meshdnsctl", "route", "verify", f"http://localhost:{port}/headers?a=1&b='2'", "--count", "100", "--rate", "500", "--timeout", "15s",
                                    "--expect", "s4.bar.global=2", "--expect", "s1.bar.global=1"]
    assert pod["spec"]["restartPolicy"] == "Never" and container["image"] == IMAGE
