"""meshdnsctl route on a real API server: what it writes, whom it leaves alone, and that nobody's edit is lost."""

import copy
import itertools
import json
import shlex
import threading

import pytest
import requests
import yaml

from cluster.webhook import refusing_webhook
from support.meshdnsctl import meshdnsctl
from support.process import eventually
from support.routes import ASKED, ROUTES, set_weights, weights_of

EXIT_DONE, EXIT_FAILED, EXIT_REFUSED = 0, 1, 3
NUMBERS = itertools.count()


def to(host, weight=None, **destination):
    return {"destination": {"host": host, **destination}} | ({} if weight is None else {"weight": weight})


def matching(prefix, *route, **fields):
    return {"match": [{"uri": {"prefix": prefix}}], "route": list(route), **fields}


class Bar:
    """A namespace of a test's own, with a client's view of it."""

    def __init__(self, plane, name=None):
        self.plane = plane
        self.name = name or f"bar{next(NUMBERS)}"
        self.host = f"x.{self.name}.svc.cluster.local"
        plane.kubectl("create", "namespace", self.name)
        for service in "xab":
            self.apply({"apiVersion": "v1", "kind": "Service", "metadata": {"name": service},
                        "spec": {"ports": [{"name": "http", "port": 80}]}})
        self.apply({"apiVersion": "networking.istio.io/v1", "kind": "ServiceEntry", "metadata": {"name": f"c-{self.name}"},
                    "spec": {"hosts": [f"c.{self.name}.global"], "location": "MESH_INTERNAL", "resolution": "STATIC",
                             "addresses": ["240.0.0.9"], "endpoints": [{"address": "10.0.0.1"}],
                             "ports": [{"name": "http", "number": 8000, "protocol": "HTTP"}]}})

    def apply(self, manifest):
        """Creates an object of this namespace, as JSON over HTTP."""
        kind = manifest["kind"]
        plural = {"Gateway": "gateways", "ServiceEntry": "serviceentries"}.get(kind, kind.lower() + "s")
        group = "api/v1" if manifest["apiVersion"] == "v1" else f"apis/{manifest['apiVersion']}"
        response = self.plane.http.post(f"{self.plane.url}/{group}/namespaces/{self.name}/{plural}", json=manifest, timeout=30)
        assert response.status_code == 201, response.text
        return response.json()

    def virtual_service(self, *http, name="x", hosts=None, spec=None, **metadata):
        return self.apply({"apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
                           "metadata": {"name": name, **metadata},
                           "spec": {"hosts": hosts or [self.host], "http": list(http), **(spec or {})}})

    def url(self, name="x"):
        return f"{self.plane.url}/apis/networking.istio.io/v1/namespaces/{self.name}/virtualservices/{name}"

    def get(self, name="x"):
        response = self.plane.http.get(self.url(name), timeout=30)
        return response.json() if response.status_code == 200 else None

    def weights(self, name="x", route=0):
        return [each.get("weight") for each in self.get(name)["spec"]["http"][route]["route"]]

    def route(self, command, *arguments, kubeconfig=None, **options):
        return meshdnsctl("route", command, *arguments, "--kubeconfig", kubeconfig or self.plane.kubeconfig,
                          "-n", self.name, **options)

    def account(self, *rules):
        """The kubeconfig of somebody who may do that, and no more."""
        self.plane.kubectl("create", "serviceaccount", "somebody", "-n", self.name)
        manifest = [{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": self.name},
                     "rules": [{"apiGroups": [group], "resources": [resource], "verbs": verbs} for group, resource, verbs in rules]},
                    {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": self.name},
                     "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": self.name},
                     "subjects": [{"kind": "ServiceAccount", "name": "somebody", "namespace": self.name}]}]
        file = self.plane.directory / f"{self.name}.yaml"
        file.write_text(yaml.safe_dump_all(manifest))
        self.plane.kubectl("apply", "-f", file)
        return self.plane.service_account_kubeconfig(self.name, "somebody")


@pytest.fixture
def bar(control_plane):
    return Bar(control_plane)


def done(ended):
    assert ended.returncode == EXIT_DONE, ended.stderr
    return ended.stdout


def refused(ended, *named):
    assert (ended.returncode, ended.stdout) == (EXIT_REFUSED, ""), ended.stdout + ended.stderr
    assert all(text in ended.stderr for text in named), ended.stderr
    return ended.stderr


def said_to_undo_it(ended):
    line = next(line for line in ended.stdout.splitlines() if line.startswith("note: undone by: "))
    return shlex.split(line.removeprefix("note: undone by: meshdnsctl "))


def test_a_route_is_made_changed_shown_and_taken_out(bar):
    arguments = (bar.host, "a=75", f"c.{bar.name}.global:8000=25", "--match", "prefix=/headers")
    dry = done(bar.route("create", *arguments, "--dry-run"))
    assert dry.startswith(f"--- VirtualService {bar.name}/x (now)") and bar.get() is None
    made = bar.route("create", *arguments)
    assert f"VirtualService {bar.name}/x created" in done(made)
    assert bar.get()["spec"] == {"hosts": [bar.host], "http": [
        matching("/headers", to(f"a.{bar.name}.svc.cluster.local", 75), to(f"c.{bar.name}.global", 25, port={"number": 8000})),
        {"route": [to(bar.host)]}]}
    assert "are routed already" in done(bar.route("create", *arguments))

    changed = bar.route("set-weights", "x", "a=50", f"c.{bar.name}.global=50", "--match", "prefix=/headers")
    assert f"VirtualService {bar.name}/x changed" in done(changed)
    assert bar.weights() == [50, 50]
    assert "are set already" in done(bar.route("set-weights", "x", "a=50", "--match", "prefix=/headers"))
    done(meshdnsctl(*said_to_undo_it(changed)))
    assert bar.weights() == [75, 25]

    shown = json.loads(done(bar.route("show", "x", "-o", "json")))
    assert [to["share"] for each in shown for to in each["destinations"]] == [0.75, 0.25, 1]
    done(meshdnsctl(*said_to_undo_it(made)))
    assert bar.get() is None
    assert "already" in done(bar.route("delete", "x", "--match", "prefix=/headers"))


def test_a_route_more_in_the_virtual_service_that_is_there(bar):
    before = bar.virtual_service(matching("/a", to("a", 100)), {"route": [to("x")]})["spec"]
    done(bar.route("create", "x", "b=1", "--match", "exact=/a/b"))
    assert bar.get()["spec"]["http"][1:] == before["http"]
    refused(bar.route("create", "x", "b=1", "--match", "prefix=/a"), "is there already", "route delete")
    done(bar.route("delete", "x", "--match", "exact=/a/b"))
    assert bar.get()["spec"] == before


def test_all_requests_beside_some(bar):
    """Those that went to the host itself get the route, and go back there."""
    done(bar.route("create", "x", "a=1", "--match", "prefix=/a"))
    some = bar.get()["spec"]
    made = bar.route("create", "x", "b=1")
    done(made)
    assert bar.get()["spec"]["http"][1:] == [{"route": [to(f"b.{bar.name}.svc.cluster.local", 1)]}, {"route": [to(bar.host)]}]
    done(meshdnsctl(*said_to_undo_it(made)))
    assert bar.get()["spec"] == some
    again = done(bar.route("delete", "x"))
    assert "already" in again and f"note: there is the route for prefix=/a of VirtualService {bar.name}/x" in again


def test_requests_that_get_404(bar):
    bar.virtual_service(matching("/a", to("a", 100)), {"route": [to("b")], "timeout": "1s"})
    gone = bar.route("delete", "x")
    assert f"note: requests that no other route takes get 404; to the host itself they go with: meshdnsctl route create x x=100" in done(gone)
    done(bar.route("create", "x", "x=100"))
    assert bar.get()["spec"]["http"][1] == {"route": [to(bar.host, 100)]}


def test_all_else_stays_as_it_is(bar):
    bar.apply({"apiVersion": "networking.istio.io/v1", "kind": "DestinationRule", "metadata": {"name": "a"},
               "spec": {"host": "a", "subsets": [{"name": "v1", "labels": {"version": "v1"}}]}})
    rich = matching("/a", to("a", 50, subset="v1") | {"headers": {"request": {"set": {"x": "y"}}}}, to("b"), name="rich",
                    timeout="1s", retries={"attempts": 2}, fault={"abort": {"httpStatus": 418, "percentage": {"value": 1}}},
                    corsPolicy={"allowOrigins": [{"exact": "*"}]}, mirror={"host": "c"})
    before = bar.virtual_service(rich, {"route": [to("x")]}, annotations={"weight": "50"},
                                 spec={"tls": [{"match": [{"sniHosts": [bar.host]}], "route": [to("a", 50), to("b", 50)]}]})
    ended = bar.route("set-weights", "x", "a=40", "b=60", "--match", "prefix=/a")
    assert "note: its tcp and tls routes are not touched" in done(ended)
    expected = copy.deepcopy(before["spec"])
    expected["http"][0]["route"][0]["weight"] = 40
    expected["http"][0]["route"][1]["weight"] = 60
    after = bar.get()
    assert (after["spec"], after["metadata"]["annotations"]) == (expected, before["metadata"]["annotations"])


def test_a_dry_run_changes_nothing(bar):
    before = bar.virtual_service(matching("/a", to("a", 50), to("b", 50)))["metadata"]["resourceVersion"]
    diff = done(bar.route("set-weights", "x", "a=40", "--dry-run"))
    assert [line for line in diff.splitlines()[2:] if line[0] in "+-"] == ["-          weight: 50", "+          weight: 40"]
    assert bar.get()["metadata"]["resourceVersion"] == before


class Editor(threading.Thread):
    """Counts in an annotation, some 15 times a second, and never over somebody else's edit."""

    def __init__(self, bar):
        super().__init__(daemon=True)
        self.bar, self.http = bar, bar.plane.session()
        self.count, self.lost, self.stopping = 0, 0, threading.Event()
        self.start()

    def run(self):
        while not self.stopping.wait(0.05):
            seen = self.http.get(self.bar.url(), timeout=30).json()
            annotations = seen["metadata"].setdefault("annotations", {})
            self.lost += int(annotations.get("count", "0")) != self.count
            annotations["count"] = str(self.count + 1)
            self.count += self.http.put(self.bar.url(), json=seen, timeout=30).status_code == 200

    def stop(self):
        self.stopping.set()
        self.join(30)


def test_two_editors_lose_nothing(bar):
    bar.virtual_service({"route": [to("a", 50), to("b", 50)]})
    editor = Editor(bar)
    try:
        for weight in range(1, 21):
            done(bar.route("set-weights", "x", f"a={weight}", f"b={100 - weight}"))
            assert bar.weights() == [weight, 100 - weight]
    finally:
        editor.stop()
    assert editor.count > 20 and editor.lost == 0
    assert bar.get()["metadata"]["annotations"]["count"] == str(editor.count)


KEEPERS = {
    "Helm":     ({"labels": {"app.kubernetes.io/managed-by": "Helm"}, "annotations": {"meta.helm.sh/release-name": "shop"}}, "Helm (release shop)"),
    "Argo CD":  ({"annotations": {"argocd.argoproj.io/tracking-id": "shop:networking.istio.io/VirtualService:bar/x"}}, "Argo CD (shop)"),
    "Argo CD, by label": ({"labels": {"argocd.argoproj.io/instance": "shop"}}, "Argo CD (shop)"),
    "Flux":     ({"labels": {"kustomize.toolkit.fluxcd.io/name": "shop", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}}, "Flux (shop)"),
    "Flagger":  ({"ownerReferences": [{"apiVersion": "flagger.app/v1beta1", "kind": "Canary", "name": "podinfo", "uid": "1", "controller": True}]},
                 "Canary podinfo"),
    "an owner": ({"ownerReferences": [{"apiVersion": "v1", "kind": "Service", "name": "x", "uid": "2"}]}, "Service x"),
}


@pytest.mark.parametrize("keeper", KEEPERS)
def test_what_somebody_keeps_is_left_alone(bar, keeper):
    metadata, named = KEEPERS[keeper]
    bar.virtual_service({"route": [to("a", 50), to("b", 50)]}, **metadata)
    assert bar.weights() == [50, 50]
    refused(bar.route("set-weights", "x", "a=40"), named, "meshdnsctl route set-weights x a=40 --file MANIFEST", "--even-if-managed")
    refused(bar.route("create", "x", "a=1", "--match", "prefix=/a"), named, "--file MANIFEST")
    assert bar.weights() == [50, 50] and named in done(bar.route("show", "x"))
    done(bar.route("set-weights", "x", "a=40", "--even-if-managed"))
    assert bar.weights() == [40, 50]


def test_what_a_cluster_does_not_allow(bar):
    refused(bar.route("set-weights", "x", "a=1"), f"no VirtualService has the host {bar.host}",
            "meshdnsctl route create x a=1")
    bar.virtual_service(matching("/a", to("a", 50), to("b", 50)), matching("/b", to("a", 50), to("b", 50)),
                        matching("/c", delegate=None) | {"delegate": {"name": "d", "namespace": "ops"}, "route": None})
    refused(bar.route("set-weights", "x", "a=1"), "several routes", "--match prefix=/a", "--match prefix=/b")
    refused(bar.route("set-weights", "x", "a=1", "--match", "prefix=/d"), "has no route for prefix=/d")
    refused(bar.route("set-weights", "x", "a=1", "--match", "prefix=/c"), "delegates to VirtualService ops/d")
    refused(bar.route("set-weights", "x", "d=1", "--match", "prefix=/a"), f"not to d.{bar.name}.svc.cluster.local")
    refused(bar.route("set-weights", "x", "a=0", "b=0", "--match", "prefix=/a"), "sum to 0")
    assert bar.weights() == [50, 50]


# DEST of which nothing is so, what is said
NOT_DECLARED = {
    "host":    ("d.{0}.global", "no ServiceEntry or Service declares d.{0}.global; the nearest is c.{0}.global"),
    "service": ("aa", "no ServiceEntry or Service declares aa.{0}.svc.cluster.local"),
    "port":    ("c.{0}.global:80", "found port 80, expected one of c.{0}.global's: 8000 (http)"),
    "subset":  ("a/v1", "no DestinationRule is for a.{0}.svc.cluster.local, so that it has no subset v1"),
}


@pytest.mark.parametrize("what", NOT_DECLARED)
def test_what_nothing_declares(bar, what):
    destination, said = (text.format(bar.name) for text in NOT_DECLARED[what])
    refused(bar.route("create", "x", f"{destination}=50", "b=50"), said)
    assert bar.get() is None
    done(bar.route("create", "x", "b=1", "--match", "prefix=/a"))
    refused(bar.route("create", "x", f"{destination}=50", "b=50", "--match", "prefix=/b"), said)
    host, _, port = destination.partition("/")[0].partition(":")
    broken = to(host, 50, **({"port": {"number": int(port)}} if port else {}), **({"subset": "v1"} if "/" in destination else {}))
    bar.virtual_service({"route": [broken, to("b", 50)]}, name="b", hosts=["b"])
    refused(bar.route("set-weights", "b", f"{destination}=60", "b=40"), said)
    assert f"note: VirtualService {bar.name}/b: spec.http[0].route[0]" in done(bar.route("set-weights", "b", f"{destination}=0", "b=100"))
    assert bar.weights("b") == [0, 100]


def test_a_host_that_nothing_declares(bar):
    refused(bar.route("create", f"d.{bar.name}.global", "a=1"), f"no ServiceEntry or Service declares d.{bar.name}.global",
            f"the nearest is c.{bar.name}.global")
    done(bar.route("create", f"c.{bar.name}.global", "a=1"))
    assert bar.get(f"c-{bar.name}")["spec"]["hosts"] == [f"c.{bar.name}.global"]


def test_several_virtual_services(bar):
    bar.virtual_service({"route": [to("a", 50), to("b", 50)]}, name="first")
    first = bar.get("first")["metadata"]["creationTimestamp"]
    eventually(lambda: bar.virtual_service({"route": [to("a", 50), to("b", 50)]}, name=f"y{next(NUMBERS)}")
               ["metadata"]["creationTimestamp"] > first, timeout=30, every=1)
    for command in ("set-weights", "create"):
        refused(bar.route(command, "x", "a=1", "b=2"), f"sidecars follow the oldest, VirtualService {bar.name}/first")
    assert bar.weights("first") == [50, 50]


def test_a_name_that_is_taken(bar):
    bar.virtual_service({"route": [to("a")]}, hosts=["shop.example.com"], spec={"gateways": ["in"]})
    done(bar.route("create", "x", "a=1"))
    assert bar.get("x-mesh")["spec"]["hosts"] == [bar.host]


def test_a_host_below_a_wildcard(bar):
    bar.virtual_service({"route": [to("a")]}, hosts=[f"*.{bar.name}.global"], name="wild")
    refused(bar.route("create", f"c.{bar.name}.global", "a=1"), f"VirtualService {bar.name}/wild routes *.{bar.name}.global")
    assert "already" in done(bar.route("delete", f"c.{bar.name}.global"))


def test_gateways_have_their_own(bar):
    bar.virtual_service({"route": [to("a", 50), to("b", 50)]}, spec={"gateways": ["in"]}, name="in")
    done(bar.route("set-weights", "x", "a=40"))
    assert bar.weights("in") == [40, 50]
    done(bar.route("create", "x", "a=1"))
    assert bar.get("x")["spec"]["http"] == [{"route": [to(f"a.{bar.name}.svc.cluster.local", 1)]}] and bar.weights("in") == [40, 50]


def test_a_sum_that_an_old_istio_does_not_take(bar):
    bar.plane.kubectl("create", "deployment", "istiod", "-n", bar.name, "--image", "docker.io/istio/pilot:1.12.3-distroless")
    bar.plane.kubectl("label", "deployment", "istiod", "-n", bar.name, "app=istiod", "--overwrite")
    try:
        bar.virtual_service({"route": [to("a", 50), to("b", 50)]})
        refused(bar.route("set-weights", "x", "a=60"), "sum to 110, and Istio 1.12 of this cluster demands exactly 100")
        refused(bar.route("create", "x", "a=1", "b=1", "--match", "prefix=/a"), "demands exactly 100")
        done(bar.route("set-weights", "x", "a=60", "b=40"))
        bar.plane.kubectl("set", "image", "deployment/istiod", "-n", bar.name, "pilot=docker.io/istio/pilot:1.15.0")
        done(bar.route("set-weights", "x", "a=61"))
    finally:
        bar.plane.kubectl("delete", "deployment", "istiod", "-n", bar.name)


HTTP_ROUTES = {
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
    "metadata": {"name": "httproutes.gateway.networking.k8s.io",
                 "annotations": {"api-approved.kubernetes.io": "unapproved, for a test"}},
    "spec": {"group": "gateway.networking.k8s.io", "scope": "Namespaced", "names": {"plural": "httproutes", "kind": "HTTPRoute"},
             "versions": [{"name": "v1", "served": True, "storage": True,
                           "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}}]}}
PARENTS = {
    "Service":      ({"group": "", "kind": "Service", "name": "x"}, "x"),
    "ServiceEntry": ({"group": "networking.istio.io", "kind": "ServiceEntry", "name": "c-{0}"}, "c.{0}.global"),
    "Hostname":     ({"group": "networking.istio.io", "kind": "Hostname", "name": "c.{0}.global"}, "c.{0}.global"),
}


@pytest.fixture(scope="module")
def http_routes(control_plane):
    file = control_plane.directory / "httproutes.yaml"
    file.write_text(yaml.safe_dump(HTTP_ROUTES))
    control_plane.kubectl("apply", "-f", file)
    control_plane.await_established(f"crd/{HTTP_ROUTES['metadata']['name']}")
    yield
    control_plane.kubectl("delete", "-f", file)


@pytest.mark.parametrize("kind", PARENTS)
def test_a_host_that_an_http_route_has(bar, http_routes, kind):
    parent, host = PARENTS[kind]
    parent = {key: value.format(bar.name) for key, value in parent.items()}
    bar.apply({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "taken"},
               "spec": {"parentRefs": [parent], "rules": []}})
    for command in ("create", "set-weights"):
        refused(bar.route(command, host.format(bar.name), "a=1"), f"HTTPRoute {bar.name}/taken",
                f"kubectl -n {bar.name} edit httproute taken")
    done(bar.route("create", "b", "a=1"))


def test_clients_in_ambient_mode(bar):
    bar.virtual_service({"route": [to("a", 50), to("b", 50)]})
    other = Bar(bar.plane)
    bar.plane.kubectl("label", "namespace", other.name, "istio.io/dataplane-mode=ambient")
    try:
        refused(bar.route("set-weights", "x", "a=40"), f"clients in {other.name} are in ambient mode", "HTTPRoute")
        bar.plane.kubectl("label", "namespace", bar.name, "istio-injection=enabled")
        assert f"note: clients in {other.name} are in ambient mode" in done(bar.route("set-weights", "x", "a=40"))
        bar.plane.kubectl("label", "namespace", bar.name, "istio.io/dataplane-mode=ambient", "istio-injection-")
        refused(bar.route("set-weights", "x", "a=50"), f"clients in {bar.name} are in ambient mode")
        refused(bar.route("create", "x", "a=50", "--match", "prefix=/a"), f"clients in {bar.name} are in ambient mode")
    finally:
        for name in (bar.name, other.name):
            bar.plane.kubectl("label", "namespace", name, "istio.io/dataplane-mode-", "istio-injection-")


def test_what_the_api_server_finds_wrong(bar):
    """A policy of the cluster's: its message is shown, and nothing changes."""
    policy = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy", "metadata": {"name": bar.name},
              "spec": {"failurePolicy": "Fail",
                       "matchConstraints": {"resourceRules": [{"apiGroups": ["networking.istio.io"], "apiVersions": ["*"],
                                                               "operations": ["UPDATE"], "resources": ["virtualservices"]}]},
                       "validations": [{"expression": "object.spec.http[0].route[0].weight != 13", "message": "no bad luck here"}]}}
    binding = {"apiVersion": policy["apiVersion"], "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": bar.name},
               "spec": {"policyName": bar.name, "validationActions": ["Deny"]}}
    file = bar.plane.directory / "policy.yaml"
    file.write_text(yaml.safe_dump_all([policy, binding]))
    bar.virtual_service({"route": [to("a", 50), to("b", 50)]})
    bar.plane.kubectl("apply", "-f", file)
    try:
        patch = {"spec": {"http": [{"route": [to("a", 13), to("b", 50)]}]}}
        eventually(lambda: bar.plane.http.patch(bar.url() + "?dryRun=All", json=patch, timeout=30, headers={
            "Content-Type": "application/merge-patch+json"}).status_code == 422, timeout=60, every=0.5)
        refused(bar.route("set-weights", "x", "a=13"), "no bad luck here", "nothing has changed")
        assert bar.weights() == [50, 50]
    finally:
        bar.plane.kubectl("delete", "-f", file)


def test_what_a_webhook_refuses(bar):
    """A dry run says so, and shows the difference as it is known without the API server; else nothing changes."""
    bar.virtual_service({"route": [to("a", 50), to("b", 50)]})
    with refusing_webhook(bar.plane, bar.name, "VirtualService", "no routes on Fridays"):
        for arguments, line in [(("set-weights", "x", "a=20"), "weight: 20"),
                                (("create", "x", "a=1", "--match", "prefix=/a"), 'prefix: "/a"')]:
            dry = done(bar.route(*arguments, "--dry-run"))
            assert "note: the dry run was refused" in dry and "no routes on Fridays" in dry and line in dry
            refused(bar.route(*arguments), "no routes on Fridays", "nothing has changed")
        assert bar.weights() == [50, 50]


MAY_READ = [("networking.istio.io", "*", ["get", "list"]), ("", "services", ["list"]), ("", "namespaces", ["list"]),
            ("gateway.networking.k8s.io", "httproutes", ["list"])]


def test_no_permission(bar):
    bar.virtual_service({"route": [to("a", 50), to("b", 50)]})
    somebody = bar.account(*MAY_READ)
    assert "50.0%" in done(bar.route("show", "x", kubeconfig=somebody))
    for arguments in [("set-weights", "x", "a=40"), ("create", "x", "a=1", "--match", "prefix=/a")]:
        ended = bar.route(*arguments, kubeconfig=somebody)
        assert (ended.returncode, ended.stdout) == (EXIT_FAILED, "")
        assert 'cannot patch resource "virtualservices"' in ended.stderr and "nothing has changed" in ended.stderr
    nobody = bar.plane.write_kubeconfig("nobody", "no-such-token")
    assert bar.route("show", kubeconfig=nobody).returncode == EXIT_FAILED
    assert bar.route("show", kubeconfig=bar.plane.directory / "none").returncode == EXIT_FAILED


def objects_in(text):
    """kubectl's JSON documents, one behind the other."""
    decoder, objects = json.JSONDecoder(), []
    while text := text.lstrip():
        value, end = decoder.raw_decode(text)
        objects.append(value)
        text = text[end:]
    return objects


def test_kubectl_reads_the_same_but_for_the_weights(bar, tmp_path):
    def read(file):
        objects = objects_in(bar.plane.kubectl("create", "--dry-run=client", "--validate=false", "-o", "json", "-f", file))
        for each in objects:  # kubectl writes it anew
            each["metadata"].get("annotations", {}).pop("kubectl.kubernetes.io/last-applied-configuration", None)
        return objects

    for row in ASKED:
        after = tmp_path / row["file"]
        after.write_bytes(set_weights(row, "--file", ROUTES / row["file"], "-n", "bar", text=False).stdout)
        before, after = (weights_of(read(file), "bar", row) for file in (ROUTES / row["file"], after))
        assert before.others == after.others, row["file"]
        assert after.weights == before.weights | before.wanted, row["file"]
