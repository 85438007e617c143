"""deploy/: what the API server says to it, whether its parts fit, and what it allows."""

import os
import re
import subprocess

import pytest
import yaml

from cluster.conftest import DEPLOY, meshdns_on
from support.meshdns import binary
from support.process import eventually

APPLIED = ["base", "overlays/single", "overlays/several", "remote"]
RUNNING = APPLIED[:-1]


def stand_in(kind, plural):
    """For a CRD of the Prometheus operator, which is not there: it has the kind's name and takes every field."""
    return {
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.monitoring.coreos.com"},
        "spec": {"group": "monitoring.coreos.com", "scope": "Namespaced",
                 "names": {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()},
                 "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {
                     "type": "object", "x-kubernetes-preserve-unknown-fields": True}}}]}}


@pytest.fixture(scope="module")
def cluster(control_plane, tmp_path_factory):
    """As it is before anything of deploy/ but the base's namespace is there: a Service keeps the address that it has got."""
    control_plane.kubectl("delete", "service", "meshdns", "-n", "meshdns")
    crds = tmp_path_factory.mktemp("crds") / "crds.yaml"
    crds.write_text(yaml.safe_dump_all([stand_in("ServiceMonitor", "servicemonitors"),
                                        stand_in("PrometheusRule", "prometheusrules")]))
    control_plane.kubectl("apply", "-f", crds)
    control_plane.await_established("-f", crds)
    return control_plane


@pytest.fixture(scope="module")
def monitored(tmp_path_factory):
    """overlays/single with the component that the Prometheus operator reads."""
    directory = tmp_path_factory.mktemp("monitored")

    def from_there(path):
        return os.path.relpath(DEPLOY / path, directory)

    (directory / "kustomization.yaml").write_text(yaml.safe_dump({
        "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization",
        "resources": [from_there("overlays/single")], "components": [from_there("components/monitoring")]}))
    return directory


def rendered(plane, directory):
    """(kind, name) → object."""
    objects = yaml.safe_load_all(plane.kubectl("kustomize", directory))
    return {(each["kind"], each["metadata"]["name"]): each for each in objects}


def configuration(objects):
    """The server's, from its ConfigMap."""
    [text] = [each["data"]["meshdns.yaml"] for (kind, _), each in objects.items() if kind == "ConfigMap"]
    return text


def pod(objects):
    return objects["Deployment", "meshdns"]["spec"]["template"]


@pytest.mark.parametrize("part", APPLIED)
def test_the_api_server_accepts_it(cluster, part):
    cluster.kubectl("apply", "--dry-run=server", "--warnings-as-errors", "-k", DEPLOY / part)


def test_the_api_server_accepts_the_monitoring(cluster, monitored):
    cluster.kubectl("apply", "--dry-run=server", "--warnings-as-errors", "-k", monitored)


@pytest.mark.parametrize("part", RUNNING)
def test_the_pods_pass_the_namespace_s_restrictions(cluster, tmp_path, part):
    template = pod(rendered(cluster, DEPLOY / part))
    file = tmp_path / "pod.yaml"
    file.write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "Pod", "spec": template["spec"], "metadata": {
        "name": "meshdns", "namespace": "meshdns", "labels": template["metadata"]["labels"]}}))
    cluster.kubectl("create", "--dry-run=server", "--warnings-as-errors", "-f", file)


@pytest.mark.parametrize("part", RUNNING)
def test_the_server_accepts_its_configuration(cluster, tmp_path, part):
    file = tmp_path / "meshdns.yaml"
    file.write_text(configuration(rendered(cluster, DEPLOY / part)))
    subprocess.run([binary(), "--check-config", "--config", file], check=True)


@pytest.mark.parametrize("part", RUNNING)
def test_the_configuration_fits_the_pod(cluster, part):
    objects = rendered(cluster, DEPLOY / part)
    config = yaml.safe_load(configuration(objects))
    spec = pod(objects)["spec"]
    [container] = spec["containers"]
    paths = [config["cookies"]["secretFile"], config["state"], *container["args"][1:],
             *(source["kubernetes"].get("kubeconfig") or "/tmp" for source in config.get("sources", []))]
    mounts = [mount["mountPath"] + "/" for mount in container["volumeMounts"]]
    assert [path for path in paths if not (path + "/").startswith(tuple(mounts))] == []
    assert {int(address.rsplit(":", 1)[1]) for address in config["listen"]} == {5353}
    assert int(config["lameduck"].removesuffix("s")) < spec["terminationGracePeriodSeconds"] / 2


@pytest.mark.parametrize("part", RUNNING)
def test_what_selects_the_pods_does(cluster, part):
    objects = rendered(cluster, DEPLOY / part)
    labels = pod(objects)["metadata"]["labels"]
    selectors = [objects["Service", "meshdns"]["spec"]["selector"],
                 objects["PodDisruptionBudget", "meshdns"]["spec"]["selector"]["matchLabels"],
                 *(each["spec"]["podSelector"]["matchLabels"] for (kind, _), each in objects.items()
                   if kind == "NetworkPolicy"),
                 *(each["labelSelector"]["matchLabels"] for each in pod(objects)["spec"]["topologySpreadConstraints"])]
    assert all(selector and selector.items() <= labels.items() for selector in selectors)


def test_the_address_is_the_one_that_was_chosen(cluster):
    assert rendered(cluster, DEPLOY / "overlays/several")["Service", "meshdns"]["spec"]["clusterIP"] == "10.96.0.53"


def test_the_alerts_are_about_metrics_that_there_are(server, monitored, control_plane):
    server.query("nothing.global")
    known = {sample.split("{")[0] for sample in server.metrics()}
    rules = rendered(control_plane, monitored)["PrometheusRule", "meshdns"]["spec"]["groups"][0]["rules"]
    assert rules
    for rule in rules:
        for metric in re.findall(r"\bmeshdns_\w+", rule["expr"]):
            assert metric in known, rule["alert"]


def test_the_monitor_finds_the_metrics_of_the_pods(cluster, monitored):
    objects = rendered(cluster, monitored)
    service = objects["Service", "meshdns-metrics"]
    monitor = objects["ServiceMonitor", "meshdns"]["spec"]
    assert monitor["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert [port["name"] for port in service["spec"]["ports"]] == [each["port"] for each in monitor["endpoints"]]
    assert service["spec"]["selector"].items() <= pod(objects)["metadata"]["labels"].items()
    assert "meshdns-metrics" not in pod(objects)["metadata"]["labels"].values()


def test_a_remote_cluster_s_kubeconfig_reads_its_entries(cluster, tmp_path):
    cluster.kubectl("apply", "-k", DEPLOY / "remote")
    # What a cluster's token controller does, which is not there.
    token = cluster.kubectl("create", "token", "meshdns", "-n", "meshdns").strip()
    authority = (cluster.directory / "ca.crt").read_text()
    cluster.kubectl("patch", "secret", "meshdns", "-n", "meshdns", "-p",
                    yaml.safe_dump({"stringData": {"token": token, "ca.crt": authority}}))
    kubeconfig = tmp_path / "west"
    environment = {"KUBECONFIG": str(cluster.kubeconfig), "PATH": f"{cluster.tools}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    kubeconfig.write_text(subprocess.run([DEPLOY / "remote/kubeconfig", "test"], check=True, capture_output=True,
                                         text=True, env=environment).stdout)
    with meshdns_on(cluster, tmp_path, kubeconfig) as server:
        eventually(lambda: server.get("/ready").status_code == 200, timeout=30)


@pytest.mark.parametrize("verb, resource, allowed", [
    ("list",   "serviceentries.networking.istio.io",   "yes"),
    ("watch",  "serviceentries.networking.istio.io",   "yes"),
    ("get",    "serviceentries.networking.istio.io",   "yes"),
    ("create", "serviceentries.networking.istio.io",   "no"),
    ("update", "serviceentries.networking.istio.io",   "no"),
    ("delete", "serviceentries.networking.istio.io",   "no"),
    ("list",   "virtualservices.networking.istio.io",  "no"),
    ("get",    "configmaps",                           "no"),
    ("list",   "pods",                                 "no"),
    ("list",   "secrets",                              "no"),
    ("create", "serviceaccounts/token",                "no"),
])
def test_its_service_account_may_read_service_entries_alone(control_plane, verb, resource, allowed):
    answer = control_plane.kubectl("auth", "can-i", verb, resource, "--all-namespaces",
                                   "--as=system:serviceaccount:meshdns:meshdns", accept=(0, 1))
    assert answer.strip() == allowed
