"""meshdnsctl lint on a real API server: what is there, what files would make of it, and what it may not read."""

import json

import pytest
import yaml

from support.meshdnsctl import meshdnsctl

EXIT_DONE, EXIT_FAILED = 0, 1
KINDS = ("services", "serviceentries", "virtualservices", "destinationrules", "gateways")


def istio(kind, name, **spec):
    return {"apiVersion": "networking.istio.io/v1", "kind": kind, "metadata": {"name": name, "namespace": "bar"}, "spec": spec}


def route(name, host):
    return istio("VirtualService", name, hosts=["a.bar.global"], http=[{"route": [{"destination": {"host": host}}]}])


ENTRY = istio("ServiceEntry", "a-bar", hosts=["a.bar.global"], location="MESH_INTERNAL", resolution="STATIC", addresses=["240.0.0.2"],
              ports=[{"name": "http", "number": 8000, "protocol": "HTTP"}], endpoints=[{"address": "192.0.2.1"}])
SERVICE = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s", "namespace": "bar"},
           "spec": {"ports": [{"name": "http", "port": 80}]}}


def apply(plane, *objects):
    file = plane.directory / "objects.yaml"
    file.write_text(yaml.safe_dump_all(objects))
    plane.kubectl("apply", "-f", file)


@pytest.fixture(scope="module")
def plane(control_plane):
    apply(control_plane, ENTRY, SERVICE, route("r", "s"))
    return control_plane


def lint(plane, *arguments, kubeconfig=None, **options):
    return meshdnsctl("lint", "--kubeconfig", kubeconfig or plane.kubeconfig, *arguments, **options)


def findings(ended):
    return {(f["rule"], f["place"], f["name"]) for f in json.loads(ended.stdout)["findings"]}


def test_what_is_there(plane):
    ended = lint(plane, "-o", "json")
    assert ended.returncode == EXIT_DONE, ended.stdout + ended.stderr
    assert findings(ended) == set()
    assert json.loads(ended.stdout)["objects"] >= 3


def test_what_files_would_make_of_it(plane, tmp_path):
    file = tmp_path / "route.yaml"
    file.write_text(yaml.safe_dump(route("r", "t")))
    alone = lint(plane, file, "-o", "json")
    assert findings(alone) == {("route-host-unknown", f"{file}:1", "r")}, "files know neither the entry nor the Services"
    there = lint(plane, file, "--context", "test", "-o", "json")
    assert there.returncode == EXIT_FAILED
    assert findings(there) == {("destination-unknown", f"{file}:1", "r")}, "it takes the place of the route that is there"
    assert "the nearest is s.bar.svc.cluster.local, of Service bar/s (test)" in there.stdout


def test_a_second_route_of_a_host(plane, tmp_path):
    file = tmp_path / "route.yaml"
    file.write_text(yaml.safe_dump(route("another", "s")))
    ended = lint(plane, file, "--context", "test", "--strict")
    assert ended.returncode == EXIT_FAILED
    assert f"{file}:1: warning: VirtualService bar/another: spec.hosts: another VirtualService is for a.bar.global: " in ended.stdout
    apply(plane, route("another", "s"))
    try:
        ended = lint(plane, "-o", "json")
        assert findings(ended) == {("route-rival", "the cluster", "r" if created_first(plane, "another", "r") else "another")}
    finally:
        plane.kubectl("delete", "virtualservice", "another", "-n", "bar")


def created_first(plane, name, other):
    """By age, and by name within a second: as Istio sorts them."""
    def key(each):
        route = json.loads(plane.kubectl("get", "virtualservice", each, "-n", "bar", "-o", "json"))
        return route["metadata"]["creationTimestamp"], each
    return key(name) < key(other)


def account(plane, name, kinds):
    """The kubeconfig of somebody who may list these and no more."""
    group = {"services": ""}
    plane.kubectl("create", "serviceaccount", name, "-n", "bar")
    apply(plane, {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": name},
                  "rules": [{"apiGroups": [group.get(kind, "networking.istio.io")], "resources": [kind], "verbs": ["list"]} for kind in kinds]},
          {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": name},
           "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
           "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": "bar"}]})
    return plane.service_account_kubeconfig("bar", name)


def test_whoever_may_list_the_five_kinds_may_lint(plane):
    assert lint(plane, kubeconfig=account(plane, "linter", KINDS)).returncode == EXIT_DONE


@pytest.mark.parametrize("missing", KINDS)
def test_what_may_not_be_listed_is_named(plane, missing):
    ended = lint(plane, kubeconfig=account(plane, f"no-{missing}", [kind for kind in KINDS if kind != missing]))
    assert (ended.returncode, ended.stdout) == (EXIT_FAILED, "")
    assert "list" in ended.stderr and missing in ended.stderr and "forbidden" in ended.stderr


def located(*localities):
    return istio("ServiceEntry", "l-bar", hosts=["l.bar.global"], location="MESH_INTERNAL", resolution="STATIC", addresses=["240.0.0.3"],
                 ports=[{"name": "tcp", "number": 9000, "protocol": "TCP"}],
                 endpoints=[{"address": address, "locality": locality} for address, locality in localities])


def node(name, region):
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": {"topology.kubernetes.io/region": region}}}


def test_localities_are_those_of_nodes(plane, tmp_path):
    """Of the cluster's own Service, as another cluster's nodes are not known here."""
    apply(plane, node("n1", "region1"))
    address = json.loads(plane.kubectl("get", "service", "s", "-n", "bar", "-o", "json"))["spec"]["clusterIP"]
    file = tmp_path / "entry.yaml"
    file.write_text(yaml.safe_dump(located((address, "regoin1"), ("192.0.2.1", "region9"))))
    try:
        ended = lint(plane, file, "--context", "test", "-o", "json")
        found = {f["field"]: f["message"] for f in json.loads(ended.stdout)["findings"] if f["rule"] == "locality-unknown"}
        assert found.keys() == {"spec.endpoints[0].locality"}
        assert "; the nearest is region1; there are region1" in found["spec.endpoints[0].locality"]
        unable = lint(plane, file, "--context", "test", kubeconfig=account(plane, "no-nodes", KINDS))
        assert "[locality-unknown]" not in unable.stdout and "[outlier-detection-missing]" in unable.stdout
        assert unable.stderr.startswith("note: ") and "nodes" in unable.stderr and "forbidden" in unable.stderr
    finally:
        plane.kubectl("delete", "node", "n1")


def test_no_such_context(plane):
    ended = lint(plane, "--context", "nowhere")
    assert (ended.returncode, ended.stdout) == (EXIT_FAILED, "")
    assert "nowhere" in ended.stderr
