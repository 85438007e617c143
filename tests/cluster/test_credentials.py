"""What the server trusts and what it is trusted for rotate while ServiceEntries come without a pause: no event is lost."""

import re
import ssl
import threading
import time

import pytest
import requests
import yaml

from cluster.conftest import meshdns_on
from cluster.control_plane import certify
from cluster.truth import difference, served, truth
from support.entries import replace, service_entry
from support.process import eventually

CONVERGED = 100  # seconds: the longest wait between two attempts is 10 s
ROLE = "meshdns"  # deploy/base's ClusterRole, ServiceAccount and namespace

PLUGIN = """#!/usr/bin/python3
import datetime, json, os, pathlib
directory = pathlib.Path(os.environ["DIRECTORY"])
assert json.loads(os.environ["KUBERNETES_EXEC_INFO"])["spec"] == {"interactive": False}
with (directory / "runs").open("a") as runs:
    print("run", file=runs)
lifetime = datetime.timedelta(seconds=int((directory / "lifetime").read_text()))
expires = (datetime.datetime.now(datetime.timezone.utc) + lifetime).strftime("%Y-%m-%dT%H:%M:%SZ")
print(json.dumps({"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1",
                  "status": {"token": (directory / "token").read_text().strip(), "expirationTimestamp": expires}}))
"""


class Creator(threading.Thread):
    """Creates ServiceEntries one after the other, through whatever happens to the API server."""

    def __init__(self, plane, prefix):
        super().__init__(daemon=True)
        self.plane, self.prefix = plane, prefix
        self.created = 0
        self._stopping = threading.Event()
        self.start()

    def run(self):
        while not self._stopping.is_set():
            name = f"{self.prefix}{self.created}"
            address = f"240.0.{self.created >> 8 & 255}.{self.created & 255}"
            try:
                self.plane.create(service_entry(name, f"{name}.bar.global", [address]))
            except (AssertionError, requests.RequestException):
                time.sleep(0.05)  # the API server is away; or the entry is there, and only its answer was lost
                if self._is_there(name):
                    self.created += 1
                continue
            self.created += 1

    def _is_there(self, name):
        url = f"{self.plane.url}/apis/networking.istio.io/v1/namespaces/bar/serviceentries/{name}"
        try:
            return self.plane.http.get(url, timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stopping.set()
        self.join()


class Access:
    """A kubeconfig whose files rotate, and the server that it is for."""

    def __init__(self, plane, directory):
        self.plane, self.directory = plane, directory
        self.trust(plane.authority)

    def trust(self, *authorities):
        replace(self.directory / "ca.crt", "".join((self.plane.directory / f"{name}.crt").read_text()
                                                   for name in authorities))

    def kubeconfig(self, **user):
        file = self.directory / "kubeconfig"
        file.write_text(yaml.safe_dump({
            "current-context": "test",
            "clusters": [{"name": "c", "cluster": {"server": self.plane.url, "certificate-authority": "ca.crt"}}],
            "users": [{"name": "u", "user": user}],
            "contexts": [{"name": "test", "context": {"cluster": "c", "user": "u"}}]}))
        return file

    def server(self, **user):
        return meshdns_on(self.plane, self.directory, self.kubeconfig(**user))

    def new_token(self, name):
        """A token that is valid as long as a Secret of that name is there."""
        self.plane.kubectl("-n", ROLE, "create", "secret", "generic", name)
        token = self.plane.kubectl("-n", ROLE, "create", "token", ROLE, "--bound-object-kind=Secret",
                                   f"--bound-object-name={name}").strip()
        replace(self.directory / "token", token + "\n")
        return token

    def revoke(self, name, token):
        """Returns when the API server refuses the token: it remembers for some seconds that it was valid."""
        self.plane.kubectl("-n", ROLE, "delete", "secret", name)
        url, headers = f"{self.plane.url}/apis/networking.istio.io/v1", {"Authorization": f"Bearer {token}"}
        eventually(lambda: self.plane.http.get(url, headers=headers).status_code == 401, timeout=60, every=0.2)


@pytest.fixture
def access(control_plane, tmp_path):
    return Access(control_plane, tmp_path)


def ready(server):
    eventually(lambda: server.get("/ready").status_code == 200, timeout=30)


def restart(plane):
    """Ends every connection."""
    plane.kill_api_server()
    plane.start()


def converged(plane, server, creator, what):
    """Waits until entries that come now are answered, stops the creator, and compares all with the API's truth."""
    start = time.monotonic()
    last = f"{creator.prefix}{creator.created + 1}.bar.global"
    eventually(lambda: last in served(server), timeout=CONVERGED, every=0.05)
    print(f"{what}: entries were answered again after {time.monotonic() - start:.1f} s")
    creator.__exit__()
    eventually(lambda: not difference(truth(plane), served(server)), timeout=30, every=0.1)
    assert creator.created > 20
    print(f"all {creator.created} entries that were created meanwhile are answered")


def serve_from(plane, authority):
    """Gives the API server a certificate of that authority; returns when it has taken it over."""
    certify(plane.directory / "server", "kube-apiserver", plane.directory / authority)
    plane.authority = authority
    certificate = (plane.directory / "server.crt").read_text().strip()
    address = ("127.0.0.1", plane.port)
    eventually(lambda: ssl.get_server_certificate(address).strip() == certificate, timeout=120, every=0.2)


def relists(server):
    return server.metrics()['meshdns_source_relists_total{source="east"}']


def test_a_token_rotates_and_the_old_one_is_revoked(control_plane, access):
    first = access.new_token("first")
    with access.server(tokenFile="token") as server:
        ready(server)
        with Creator(control_plane, "token") as creator:
            access.new_token("second")
            access.revoke("first", first)
            restart(control_plane)
            converged(control_plane, server, creator, "a new token was there when the old one was revoked")
            assert "answers 401" not in server.log
        assert first not in server.log


def test_a_token_is_revoked_before_there_is_a_new_one(control_plane, access):
    first = access.new_token("third")
    with access.server(tokenFile="token") as server:
        ready(server)
        with Creator(control_plane, "late") as creator:
            access.revoke("third", first)
            restart(control_plane)
            server.wait_for_log(re.compile("answers 401"))
            access.new_token("fourth")
            converged(control_plane, server, creator, "a new token came after the old one was revoked")


def test_an_authority_rotates_and_the_server_certificate_after_it(control_plane, access):
    old = control_plane.authority
    certify(control_plane.directory / "ca2", "second test CA")
    control_plane.trust(old, "ca2")
    access.new_token("fifth")
    with access.server(tokenFile="token") as server:
        ready(server)
        before, seen = relists(server), len(control_plane.audit())
        with Creator(control_plane, "authority") as creator:
            access.trust(old, "ca2")
            eventually(lambda: len(control_plane.audit()) == seen + 1, timeout=60)
            serve_from(control_plane, "ca2")  # the API server reads its certificate again, and keeps its connections
            access.trust("ca2")
            eventually(lambda: len(control_plane.audit()) == seen + 2, timeout=60)
            converged(control_plane, server, creator, "the old authority was trusted until the new one was served from")
        assert relists(server) == before
        assert all("resourceVersion=" in uri for _, uri in control_plane.audit()[seen:])
        assert not [sample for sample, count in server.metrics().items() if "source_errors" in sample and count]


def test_the_server_has_a_certificate_of_an_unknown_authority_first(control_plane, access):
    certify(control_plane.directory / "ca3", "third test CA")
    control_plane.trust(control_plane.authority, "ca3")
    access.new_token("sixth")
    with access.server(tokenFile="token") as server:
        ready(server)
        with Creator(control_plane, "unknown") as creator:
            serve_from(control_plane, "ca3")
            restart(control_plane)
            server.wait_for_log(re.compile("no connection to the API server .*certificate"))
            access.trust("ca3")
            converged(control_plane, server, creator, "the new authority was trusted only after it was served from")


def test_a_client_certificate_rotates(control_plane, access):
    for user in ("first", "second"):
        certify(access.directory / user, user, control_plane.directory / "clients-ca")
        control_plane.kubectl("create", "clusterrolebinding", user, f"--clusterrole={ROLE}", f"--user={user}")

    def be(user):
        for kind in ("crt", "key"):
            replace(access.directory / f"client.{kind}", (access.directory / f"{user}.{kind}").read_text())

    be("first")
    with access.server(**{"client-certificate": "client.crt", "client-key": "client.key"}) as server:
        ready(server)
        before, seen = relists(server), len(control_plane.audit())
        with Creator(control_plane, "client") as creator:
            be("second")
            eventually(lambda: len(control_plane.audit()) > seen, timeout=60)
            control_plane.kubectl("delete", "clusterrolebinding", "first")
            converged(control_plane, server, creator, "the client's certificate was replaced")
        user, uri = control_plane.audit()[seen]
        assert user == "second" and "resourceVersion=" in uri
        assert relists(server) == before


def test_an_exec_plugin_gives_a_token_that_expires_and_one_that_is_revoked(control_plane, access):
    plugin = access.directory / "plugin"
    plugin.write_text(PLUGIN)
    plugin.chmod(0o700)
    first = access.new_token("plugin1")
    (access.directory / "lifetime").write_text("5")

    def runs():
        return len((access.directory / "runs").read_text().splitlines())

    exec_ = {"apiVersion": "client.authentication.k8s.io/v1", "command": "./plugin", "interactiveMode": "Never",
             "env": [{"name": "DIRECTORY", "value": str(access.directory)}]}
    with access.server(exec=exec_) as server:
        ready(server)
        assert runs() == 1
        second = access.new_token("plugin2")
        (access.directory / "lifetime").write_text("3600")
        with Creator(control_plane, "expired") as creator:
            access.revoke("plugin1", first)  # takes longer than the token's five seconds
            restart(control_plane)
            converged(control_plane, server, creator, "the plugin's token had expired")
        assert runs() == 2 and "answers 401" not in server.log

        access.new_token("plugin3")
        with Creator(control_plane, "revoked") as creator:
            access.revoke("plugin2", second)
            restart(control_plane)
            converged(control_plane, server, creator, "the plugin's token was revoked")
        assert runs() == 3 and "answers 401" not in server.log
        assert first not in server.log and second not in server.log
