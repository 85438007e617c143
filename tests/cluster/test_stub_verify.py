"""meshdnsctl stub verify on a cluster whose DNS answers: what is right passes, and each fault is found where it is."""

import contextlib
import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from cluster.dns_cluster import ADDRESS, CLIENT, HOST, INSIDE, INSIDE_ADDRESS, UPSTREAM, objects_of
from cluster.node import at
from support.meshdns import binary
from support.meshdnsctl import meshdnsctl
from support.process import Process, eventually

CTL = Path(binary()).with_name("meshdnsctl")
VERIFIERS = "app.kubernetes.io/name=meshdnsctl,app.kubernetes.io/component=stub-verify"


@pytest.fixture(scope="module")
def delegated(cluster):
    """kubeadm's, with the zone delegated to meshdns. What needs another cluster comes behind what needs this one."""
    return delegate(cluster, "kubeadm-1.34")


def delegate(cluster, name):
    cluster.lay_out(objects_of(name))
    write_stub(cluster)
    through = [f"--through={address}" for address in cluster.replica_addresses[:2]]
    live = meshdnsctl("stub", "verify", "--server", cluster.meshdns_ip, *through, "--wait", "30s")
    assert live.returncode == 0, live.stdout
    return cluster


def write_stub(cluster):
    corefile = cluster.config_maps()["coredns"][1]["Corefile"] + f"global:53 {{\n    forward . {cluster.meshdns_ip}\n    cache 5\n}}\n"
    cluster.edit("coredns", Corefile=corefile)


def verify(cluster, *arguments, server=None):
    """The exit code, and the report."""
    ended = meshdnsctl("stub", "verify", "--kubeconfig", cluster.plane.kubeconfig, "--server", server or cluster.meshdns_ip, "-o", "json",
                       *arguments)
    assert ended.stdout, ended.stderr
    report = json.loads(ended.stdout)
    assert ended.stderr.strip().endswith("" if report["passed"] else f"failed: {report['verdict']}")
    return ended.returncode, report


def finding(cluster, *arguments, **options):
    """What fails, and where."""
    code, report = verify(cluster, *arguments, **options)
    assert code == (0 if report["passed"] else 1)
    return report["cause"], report["hop"]


def test_every_replica_and_the_service_are_asked_over_both_for_a_name_that_exists_and_one_that_does_not(delegated):
    code, report = verify(delegated, server="service/meshdns/meshdns")
    assert (code, report["passed"], report["cause"], report["name"]) == (0, True, "", HOST)
    a, b = delegated.replica_addresses
    assert {step["hop"] for step in report["steps"]} == {
        f"server {delegated.meshdns_ip}", f"DNS replica coredns-a ({a})", f"DNS replica coredns-b ({b})", f"cluster DNS {delegated.dns_ip}"}
    answers = {(step["over"], step["question"], step["answer"]) for step in report["steps"] if step["hop"].startswith("cluster DNS")}
    for over in ("UDP", "TCP"):
        assert {(over, "global SOA", "NOERROR"), (over, f"{HOST} A", f"NOERROR, {ADDRESS}"), (over, f"{HOST} AAAA", "NOERROR"),
                (over, f"{INSIDE} A", f"NOERROR, {INSIDE_ADDRESS}")} < answers
        assert [answer for way, name, answer in answers if name.startswith("meshdnsctl-") and way == over] == ["NXDOMAIN"]


def test_it_needs_no_access_to_the_cluster(delegated):
    ended = meshdnsctl("stub", "verify", "--server", delegated.meshdns_ip, "--through", delegated.dns_ip, "--own-name", f"{INSIDE}={INSIDE_ADDRESS}")
    assert ended.returncode == 0, ended.stdout
    assert ended.stdout.splitlines()[-1].startswith("passed: global is answered by")


def test_a_server_that_is_down(delegated):
    delegated.stop_meshdns()
    try:
        assert finding(delegated) == ("server-down", f"server {delegated.meshdns_ip}")
    finally:
        delegated.start_meshdns()
        eventually(lambda: delegated.answers(HOST, by=delegated.meshdns_ip) == ("NOERROR", [ADDRESS]), timeout=30, every=0.1)


def test_a_server_that_is_another(delegated):
    assert finding(delegated, server=UPSTREAM) == ("wrong-server", f"server {UPSTREAM}")


@pytest.mark.parametrize("protocol, other", [("tcp", "UDP and not over TCP"), ("udp", "TCP and not over UDP")])
def test_a_port_that_is_filtered_between_the_dns_and_meshdns(delegated, protocol, other):
    first = delegated.replica_addresses[0]
    delegated.node.drop(first, delegated.meshdns_ip, "ipproto", protocol)
    try:
        code, report = verify(delegated)
    finally:
        delegated.node.heal()
    assert (code, report["cause"], report["hop"]) == (1, "port-filtered", f"DNS replica coredns-a ({first})")
    assert f"gets answers from {delegated.meshdns_ip} over {other}" in report["verdict"]


def test_one_replica_that_has_not_got_it_yet(delegated):
    first = delegated.replica_addresses[0]
    assert finding(delegated, "--through", f"replica/a={first}", "--through", f"replica/b={UPSTREAM}", "--through",
                   delegated.dns_ip) == ("replica-lags", f"DNS replica b ({UPSTREAM})")


# ---- in a Pod; the test is its kubelet


class Verifier:
    """meshdnsctl stub verify --via pod, and the Pod that it makes."""

    def __init__(self, cluster, *arguments):
        self._plane = cluster.plane
        self._cluster = cluster
        self.ctl = Process([CTL, "stub", "verify", "--via", "pod", "--kubeconfig", cluster.plane.kubeconfig, "--image", "meshdns:0.1.0",
                            "--server", cluster.meshdns_ip, *arguments])
        [self.pod] = eventually(self.pods, timeout=30)

    def pods(self):
        listed = json.loads(self._plane.kubectl("get", "pods", "-A", "-l", VERIFIERS, "-o", "json"))
        return listed["items"]

    def run(self, directory):
        """Exit code and termination message, as its container would end; it has no file of ours."""
        [container] = self.pod["spec"]["containers"]
        assert container["command"] == ["meshdnsctl"]
        message = directory / "termination-log"
        arguments = [str(message) if each == container["terminationMessagePath"] else each for each in container["args"]]
        with at(self._cluster.client.namespace):
            code = subprocess.run([CTL, *arguments], env={"PATH": os.environ["PATH"]}, capture_output=True, timeout=60).returncode
        return {"exitCode": code, "message": message.read_text()}

    def report(self, phase, **state):
        meta = self.pod["metadata"]
        self._plane.patch(f"{self._plane.url}/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}/status", {"status": {
            "phase": phase, "containerStatuses": [{"name": "verify", "image": "", "imageID": "", "ready": False, "restartCount": 0,
                                                   "state": state}]}})

    def end(self):
        """The exit code; by then its Pod is gone."""
        code = self.ctl.wait(60)
        assert self.pods() == []
        return code


def test_a_pod_asks_and_is_gone_afterwards(delegated, tmp_path):
    verifier = Verifier(delegated, "--name", HOST)
    spec = verifier.pod["spec"]
    assert verifier.pod["metadata"]["namespace"] == "meshdns"  # beside the server
    assert (spec["automountServiceAccountToken"], spec["restartPolicy"]) == (False, "Never")
    terminated = verifier.run(tmp_path)
    assert len(terminated["message"]) <= 4096
    verifier.report("Succeeded", terminated=terminated)
    assert verifier.end() == 0, verifier.ctl.log
    assert verifier.ctl.log.splitlines()[-1].startswith("passed: ")


@pytest.mark.parametrize("phase, state, said", [
    ("Pending", {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}, "ImagePullBackOff: no such image"),
    ("Failed", {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}, "ended with 137 and without a report (OOMKilled)"),
    ("Failed", {"terminated": {"exitCode": 1, "message": "\x1b[31mnot JSON"}}, "expected the report of a verification"),
    ("Failed", {"terminated": {"exitCode": 1, "message": "{}"}}, "expected the report of a verification"),
], ids=["no image", "killed", "no JSON", "no report"])
def test_a_pod_that_leaves_no_report(delegated, phase, state, said):
    verifier = Verifier(delegated)
    verifier.report(phase, **state)
    assert verifier.end() == 1
    assert said in verifier.ctl.log and "\x1b" not in verifier.ctl.log


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_pod_is_deleted_where_the_user_interrupts(delegated, number):
    verifier = Verifier(delegated)
    verifier.ctl.signal(number)
    assert verifier.end() == -number


def test_a_pod_that_others_delete(delegated):
    verifier = Verifier(delegated)
    meta = verifier.pod["metadata"]
    delegated.plane.kubectl("-n", meta["namespace"], "delete", "pod", meta["name"], "--wait=false")
    assert verifier.end() == 1
    assert "is gone" in verifier.ctl.log


def test_without_an_image_and_without_a_way_to_the_dns(delegated):
    """From a place that reaches the API and nothing else, as a laptop does."""
    with contextlib.ExitStack() as blocked:
        blocked.callback(delegated.node.heal)
        for address in (*delegated.replica_addresses, delegated.dns_ip):
            delegated.node.drop(CLIENT, address)
        with at(delegated.client.namespace):
            ended = meshdnsctl("stub", "verify", "--kubeconfig", delegated.plane.kubeconfig, "--server", delegated.meshdns_ip)
    assert ended.returncode == 3
    assert "does not answer on this machine" in ended.stderr and "--image IMAGE" in ended.stderr


def test_who_may_not_create_pods_is_told_so(delegated):
    delegated.plane.kubectl("create", "clusterrolebinding", "viewer", "--clusterrole=view", "--serviceaccount=bar:viewer")
    delegated.plane.kubectl("-n", "bar", "create", "serviceaccount", "viewer")
    viewer = delegated.plane.service_account_kubeconfig("bar", "viewer")
    ended = meshdnsctl("stub", "verify", "--kubeconfig", viewer, "--server", delegated.meshdns_ip, "--via", "pod", "--image", "meshdns:0.1.0",
                       "--through", delegated.dns_ip)
    assert ended.returncode == 1
    assert 'cannot create resource "pods"' in ended.stderr


@pytest.mark.parametrize("arguments, said", [
    (["--via", "elsewhere"], "--via: found 'elsewhere', expected local or pod"),
    (["--wait", "soon"], "--wait: "),
    (["--name", "a.example"], "expected a name in the zone global"),
    (["--through", "coredns=10.96.0.10"], "--through: found 'coredns=10.96.0.10'"),
    (["--own-name", f"{INSIDE}=ten"], "--own-name: found 'ten'"),
    (["-o", "table"], "--output: found 'table'"),
], ids=lambda value: value[0] if isinstance(value, list) else "")
def test_wrong_usage(arguments, said):
    ended = meshdnsctl("stub", "verify", "--server", "192.0.2.53", *arguments)
    assert (ended.returncode, said in ended.stderr) == (2, True), ended.stderr


# ---- other clusters


def test_the_servers_that_were_installed_are_asked(cluster):
    cluster.lay_out(objects_of("kubeadm-1.34"))
    access = ("--kubeconfig", cluster.plane.kubeconfig)
    none = meshdnsctl("stub", "verify", *access)
    assert (none.returncode, "--server is required" in none.stderr) == (2, True)
    installed = meshdnsctl("stub", "install", "--server", "service/meshdns/meshdns", *access)
    assert installed.returncode == 0, installed.stderr
    assert meshdnsctl("stub", "verify", *access).returncode == 0


def test_a_server_that_is_the_clusters_dns_itself(cluster):
    delegated = delegate(cluster, "kubeadm-1.34")
    corefile = delegated.config_maps()["coredns"][1]["Corefile"].replace(delegated.meshdns_ip, delegated.dns_ip)
    delegated.edit("coredns", Corefile=corefile)
    eventually(lambda: delegated.answers(HOST)[0] != "NOERROR", timeout=30, every=0.1)
    assert finding(delegated, server=delegated.dns_ip) == ("loop", f"server {delegated.dns_ip}")


def test_a_dns_without_the_stub_domain(cluster):
    cluster.lay_out(objects_of("kubeadm-1.34"))
    assert finding(cluster) == ("not-forwarded", f"DNS replica coredns-a ({cluster.replica_addresses[0]})")


def test_it_waits_until_the_dns_has_it(cluster):
    cluster.lay_out(objects_of("kubeadm-1.34"))
    waiting = Process([CTL, "stub", "verify", "--kubeconfig", cluster.plane.kubeconfig, "--server", cluster.meshdns_ip, "--wait", "60s"])
    eventually(lambda: "waiting for the DNS replica" in waiting.log, timeout=30)
    write_stub(cluster)
    assert waiting.wait(60) == 0, waiting.log


def test_node_local_that_bypasses_the_dns(cluster):
    delegate(cluster, "kubeadm-node-local")
    code, report = verify(cluster)
    assert (code, report["cause"], report["hop"]) == (1, "node-local-bypass", "node-local 169.254.20.10")
    assert "never takes effect" in report["verdict"] and "stubDomains" in report["verdict"]


def test_a_pod_finds_what_fails(cluster, tmp_path):
    cluster.lay_out(objects_of("kubeadm-1.34"))
    verifier = Verifier(cluster)
    verifier.report("Failed", terminated=verifier.run(tmp_path))
    assert verifier.end() == 1
    assert "failed: DNS replica coredns-a" in verifier.ctl.log
