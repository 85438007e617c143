"""What our commands write is right for Istio's own tools and for the API server; and what the tutorial writes is understood."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

from mesh.commands import (LOSSLESS, MODES, PREFIX, by_weight, create_entry, create_entry_in_both, create_failover, create_route, delete_entry,
                           done, set_weights, undo)
from mesh.istiod import tools_directory
from mesh.two_clusters import EAST, HOST, REMOTE, SERVICE, WEST
from support.meshdnsctl import meshdnsctl

TUTORIAL = Path(__file__).resolve().parents[1] / "k8s/mesh/tutorial"
ENTRY = ("entry", "create", HOST, "--port", "http1:8000/http")
ROUTE = ("route", "create", SERVICE)
FAILOVER = ("failover", "create", HOST)
CLUSTERS = ("--endpoint", "10.0.0.7", "--gateway", "172.25.55.50")  # our own, and the other
PLACES = ("--locality", "10.0.0.7=region1/zone1", "172.25.55.50=region2/zone1")

# What writes a manifest; those of several commands stand in one, as each prints what it was given, too.
WRITTEN = {
    "a gateway's address":        [[*ENTRY, "--gateway", "172.25.55.50"]],
    "a gateway's name":           [[*ENTRY, "--gateway", "a1b2.elb.eu-west-1.amazonaws.com"]],
    "a gateway's other port":     [[*ENTRY, "--gateway", "172.25.55.50:31443"]],
    "the SNI of the global name": [[*ENTRY, "--gateway", "172.25.55.50", "--sni", "global"]],
    "several ports":              [[*ENTRY, "--port", "grpc:9000/grpc", "--port", "db:5432/tcp", "--gateway", "172.25.55.50"]],
    "endpoints":                  [[*ENTRY, "--endpoint", "10.0.0.7", "--endpoint", "10.0.0.8"]],
    "endpoints by name":          [[*ENTRY, "--endpoint", "db.example.org"]],
    "an address that is given":   [[*ENTRY, "--gateway", "172.25.55.50", "--address", "240.0.9.9"]],
    "addresses of both families": [[*ENTRY, "--gateway", "172.25.55.50", "--pool", "240.0.0.0/16", "--pool", "fd6b:98c1:7a1d::/112"]],
    "several hosts":              [[*ENTRY, "--gateway", "172.25.55.50"],
                                   ["entry", "create", "other.foo.global", "--port", "http:80/http", "--gateway", "172.25.55.50"]],
    "one that is gone again":     [[*ENTRY, "--gateway", "172.25.55.50"],
                                   ["entry", "create", "other.foo.global", "--port", "http:80/http", "--gateway", "172.25.55.50"],
                                   ["entry", "delete", HOST]],
    "a route of a prefix":        [[*ROUTE, *by_weight([50, 25, 25]), *PREFIX]],
    "a route of a path":          [[*ROUTE, f"{HOST}:8000=1", "serverservice01.bar.svc.cluster.local=3", "--match", "exact=/headers"]],
    "a route of an expression":   [[*ROUTE, f"{HOST}:8000=100", "--match", "regex=/h.*"]],
    "a route of every request":   [[*ROUTE, f"{HOST}:8000=20", "serverservice01=80", "-n", "bar"]],
    "a route to subsets":         [[*ROUTE, "serverservice01.bar.svc.cluster.local/v1=90", "serverservice01.bar.svc.cluster.local/v2=10"]],
    "several routes":             [[*ROUTE, f"{HOST}:8000=20", "serverservice01.bar.svc.cluster.local=80"],
                                   [*ROUTE, *by_weight([50, 25, 25]), *PREFIX]],
    "other weights":              [[*ROUTE, *by_weight([50, 25, 25]), *PREFIX],
                                   ["route", "set-weights", SERVICE, *by_weight([20, 40, 40]), *PREFIX]],
    "failover":                   [[*ENTRY, *CLUSTERS], [*FAILOVER, *PLACES]],
    "failover with all":          [[*ENTRY, *CLUSTERS], [*FAILOVER, *PLACES, *LOSSLESS]],
    "failover in one region":     [[*ENTRY, *CLUSTERS], [*FAILOVER, "--locality", "10.0.0.7=region1/zone1", "172.25.55.50=region1/zone2"]],
    "failover with shares":       [[*ENTRY, *CLUSTERS], [*FAILOVER, *PLACES, *LOSSLESS, "--distribute", "region1=75", "region2/zone1=25"]],
    "failover of several ports":  [[*ENTRY, "--port", "grpc:9000/grpc", "--port", "db:5432/tcp", *CLUSTERS], [*FAILOVER, *PLACES, *LOSSLESS]],
    "failover by another SNI":    [[*ENTRY, "--port", "grpc:9000/grpc", *CLUSTERS], [*FAILOVER, *PLACES, *LOSSLESS, "--sni", "global"]],
    "failover of TCP alone":      [["entry", "create", HOST, "--port", "db:5432/tcp", *CLUSTERS], [*FAILOVER, *PLACES]],
    "failover that is gone again": [[*ENTRY, *CLUSTERS], [*FAILOVER, *PLACES, *LOSSLESS], ["failover", "delete", HOST]],
    "an entry and its route":     [[*ENTRY, "--gateway", "172.25.55.50"], [*ROUTE, *by_weight([50, 25, 25]), *PREFIX]],
}
# What the file holds before.
BEFORE = {
    "a route to subsets": """apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: serverservice01, namespace: bar }
spec:
  host: serverservice01.bar.svc.cluster.local
  subsets: # of one server each
  - { name: v1, labels: { version: v1 } }
  - { name: v2, labels: { version: v2 } }
""",
}


def istioctl(*arguments):
    return subprocess.run([tools_directory() / "istioctl", *map(str, arguments)], capture_output=True, text=True, timeout=120,
                          env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"})


def is_right(plane, file):
    """Istio's tools find nothing without a cluster, and the API server takes it."""
    for arguments in (["validate", "-f", file], ["analyze", "--use-kube=false", "--all-namespaces", file]):
        ended = istioctl(*arguments)
        assert ended.returncode == 0 and "rror" not in ended.stdout and "arning" not in ended.stdout, ended.stdout + ended.stderr
    plane.kubectl("apply", "--dry-run=server", "--validate=strict", "-f", file)
    return True


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_written_into_files(mesh, tmp_path, name):
    text = BEFORE.get(name, "")
    for command in WRITTEN[name]:
        text = done(meshdnsctl(*command, "--file", "-", input=text))
    file = tmp_path / "written.yaml"
    file.write_text(text)
    assert all(yaml.safe_load_all(text)) and is_right(mesh.west.plane, file)


def are_right(mesh, file, count):
    """So many objects of ours are in the west; all of two clusters is analysed, and nothing but namespaces is remarked upon."""
    kinds = "serviceentries,destinationrules,virtualservices"
    file.write_text(mesh.west.plane.kubectl("get", kinds, "-n", "bar", "-l", "app.kubernetes.io/managed-by=meshdnsctl", "-o", "yaml"))
    assert len(yaml.safe_load(file.read_text())["items"]) == count and is_right(mesh.west.plane, file)
    for context in (WEST, EAST):
        ended = istioctl("analyze", "--all-namespaces", "--kubeconfig", mesh.kubeconfig, "--context", context, "-o", "json")
        assert {each["level"] for each in json.loads(ended.stdout or "[]")} <= {"Info"}, ended.stdout
    return True


@pytest.mark.parametrize("mode", MODES)
def test_failover_that_is_written_into_clusters(mesh, tmp_path, mode):
    create_entry_in_both(mesh)
    said = create_failover(mesh, *MODES[mode])
    assert are_right(mesh, tmp_path / "cluster.yaml", 3)
    undo(said)
    assert are_right(mesh, tmp_path / "undone.yaml", 2)
    delete_entry(mesh)


def test_what_is_written_into_clusters(mesh, tmp_path):
    create_entry(mesh)
    create_route(mesh, 50, 25, 25)
    set_weights(mesh, 20, 40, 40)
    assert are_right(mesh, tmp_path / "cluster.yaml", 3)


def test_the_tutorials_manifests_are_understood(mesh, tmp_path):
    """Its mistake is found, with what would be right; put right, it is what our own commands edit and Istio takes."""
    found = json.loads(meshdnsctl("lint", TUTORIAL, "-o", "json").stdout)
    unknown = [each for each in found["findings"] if each["rule"] == "destination-unknown"]
    assert len(unknown) == 1 and "serviceserver04.bar.global" in unknown[0]["message"] and HOST in unknown[0]["message"], found
    file = tmp_path / "virtualservice.yaml"
    file.write_text((TUTORIAL / "virtualservice.yaml").read_text().replace("serviceserver", "serverservice"))
    set_ = ("route", "set-weights", SERVICE, *by_weight([20, 40, 40]), *PREFIX, "--file", file)
    file.write_text(done(meshdnsctl(*set_)))
    weights = [to["weight"] for to in yaml.safe_load(file.read_text())["spec"]["http"][0]["route"]]
    assert weights == [20, 40, 40] and is_right(mesh.west.plane, file)
    entries = tmp_path / "serviceentry.yaml"
    entries.write_text((TUTORIAL / "serviceentry.yaml").read_text())
    listed = json.loads(done(meshdnsctl("entry", "list", "--file", entries, "-o", "json")))
    assert HOST in json.dumps(listed) and "240.0.0.2" in json.dumps(listed) and is_right(mesh.west.plane, entries)
