"""deploy/base: what the API server says to it, and what it allows."""

import subprocess

import pytest

from cluster.conftest import DEPLOY_BASE
from support.meshdns import binary


def test_the_api_server_accepts_it(control_plane):
    control_plane.kubectl("apply", "--dry-run=server", "-k", DEPLOY_BASE)


def test_the_server_accepts_its_configuration():
    subprocess.run([binary(), "--check-config", "--config", DEPLOY_BASE / "meshdns.yaml",
                    "--from", DEPLOY_BASE], check=True)


@pytest.mark.parametrize("verb, resource, allowed", [
    ("list",   "serviceentries.networking.istio.io",   "yes"),
    ("watch",  "serviceentries.networking.istio.io",   "yes"),
    ("get",    "serviceentries.networking.istio.io",   "yes"),
    ("create", "serviceentries.networking.istio.io",   "no"),
    ("delete", "serviceentries.networking.istio.io",   "no"),
    ("list",   "virtualservices.networking.istio.io",  "no"),
    ("list",   "secrets",                              "no"),
])
def test_its_service_account_may_read_service_entries_alone(control_plane, verb, resource, allowed):
    answer = control_plane.kubectl("auth", "can-i", verb, resource, "--all-namespaces",
                                   "--as=system:serviceaccount:meshdns:meshdns", accept=(0, 1))
    assert answer.strip() == allowed
