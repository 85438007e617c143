"""The real CoreDNS and the Corefiles of tests/k8s/stub: it takes what meshdnsctl makes of one as it took that one before.

It runs in a network namespace of its own, where every port is free and every address is there. Its API server never answers.
"""

import re
from pathlib import Path

import pytest

from cluster.control_plane import tools_directory
from cluster.network import Network
from support.meshdnsctl import meshdnsctl
from support.process import Process

COREFILES = Path(__file__).parents[1] / "k8s/stub/corefiles"
SERVER = "127.0.0.1:5300"
EXIT_DONE, EXIT_REFUSED = 0, 3

KUBECONFIG = """apiVersion: v1
kind: Config
clusters: [{name: none, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: none, user: {}}]
contexts: [{name: none, context: {cluster: none, user: none}}]
current-context: none
"""
VARIABLES = {"__PILLAR__DNS__DOMAIN__": "cluster.local", "__PILLAR__DNS__SERVER__": "10.96.0.10",
             "__PILLAR__LOCAL__DNS__": "169.254.20.10", "__PILLAR__CLUSTER__DNS__": "10.96.0.11",
             "__PILLAR__UPSTREAM__SERVERS__": "192.0.2.1"}
ENVIRONMENT = {"MESHDNS_TEST_ZONE": "example.org", "POD_IP": "127.0.0.1", "HOST_IP": "127.0.0.2"}

# What CoreDNS takes, and meshdnsctl does not touch: the zone is somebody else's, or there is nothing to stand beside.
NOT_TOUCHED = {"aks-custom-server", "environment", "import_as_a_key", "nothing", "only_a_comment", "only_white_space",
               "snippet_of_the_zone", "the_zone_in_capitals", "the_zone_in_forward", "two_boms"}
# What needs a plugin that only its own distribution builds in.
NOT_BUILT_IN = {"openshift-4.16-name-resolver": "Unknown directive 'ocp_dnsnameresolver'"}

pytestmark = pytest.mark.skipif(not Network.available(), reason="network namespaces need root")


def corefiles(folder):
    return [pytest.param(file, id=file.stem) for file in sorted((COREFILES / folder).glob("*.corefile"))]


def runnable(text, directory):
    """With what it needs of a cluster: files, addresses, and an API server, which is not waited for."""
    for variable, value in VARIABLES.items():
        text = text.replace(variable.encode(), value.encode())
    text = text.replace(b"/etc/resolv.conf", str(directory / "resolv.conf").encode())
    options = f" {{\n kubeconfig {directory}/kubeconfig\n startup_timeout 1ms\n".encode()
    text = re.sub(rb"(?m)^(\s+kubernetes [^\n{]+) \{$", lambda found: found[1] + options, text)
    return re.sub(rb"(?m)^(\s+kubernetes)$", lambda found: found[1] + options + b" }", text)


def refusal(text, directory):
    """Why CoreDNS does not start with it, without line numbers; empty: it does."""
    (directory / "kubeconfig").write_text(KUBECONFIG)
    (directory / "resolv.conf").write_text("nameserver 192.0.2.1\n")
    (directory / "Corefile").write_bytes(runnable(text, directory))
    namespace = ("ip link set lo up && echo 1 | tee /proc/sys/net/ipv[46]/ip_nonlocal_bind > /dev/null"
                 f" && exec {tools_directory()}/coredns -conf Corefile")
    coredns = Process(["unshare", "--net", "sh", "-c", namespace], name="coredns", cwd=directory, env=ENVIRONMENT)
    try:
        coredns.wait_for_log(re.compile(r"^CoreDNS-"))
        return ""
    except AssertionError:
        coredns.wait()
        return re.sub(r"Corefile:\d+", "Corefile", coredns.log.splitlines()[-1]) or coredns.log
    finally:
        coredns.kill()


def install(corefile, *arguments):
    return meshdnsctl("stub", "install", "--file", corefile, "--server", SERVER, *arguments, text=False)


@pytest.mark.parametrize("corefile", corefiles("shipped"))
def test_what_distributions_ship_is_loaded_with_the_stub_domain(corefile, tmp_path):
    before = refusal(corefile.read_bytes(), tmp_path)
    installed = install(corefile)
    if corefile.stem in NOT_TOUCHED:
        assert installed.returncode != EXIT_DONE
        return
    if installed.returncode == EXIT_REFUSED:
        assert "Unknown directive" in before or "unknown property" in before, installed.stderr
        assert b"--modernise" in installed.stderr
        installed = install(corefile, "--modernise")
        before = ""
    assert installed.returncode == EXIT_DONE, installed.stderr
    assert f"forward . {SERVER}".encode() in installed.stdout
    assert refusal(installed.stdout, tmp_path) == before
    assert NOT_BUILT_IN.get(corefile.stem, "") in before and bool(before) == (corefile.stem in NOT_BUILT_IN)


@pytest.mark.parametrize("corefile", corefiles("confusing"))
def test_what_confuses_is_loaded_with_the_stub_domain_if_it_was_before(corefile, tmp_path):
    before = refusal(corefile.read_bytes(), tmp_path)
    installed = install(corefile)
    if installed.returncode == EXIT_DONE:
        assert f"forward . {SERVER}".encode() in installed.stdout
        assert refusal(installed.stdout, tmp_path) == before
    else:
        assert b"Corefile:" in installed.stderr and not installed.stdout
        assert before or corefile.stem in NOT_TOUCHED, installed.stderr
