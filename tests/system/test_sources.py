"""Several sources: which are waited for, which of them has a name, and what is told about it."""

import re
import signal

import pytest
import yaml

from support.entries import manifest, service_entry
from support.meshdns import Server, addresses, ede_codes, rcode
from support.process import eventually

KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: c
clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
"""
ENTRIES = {
    "east": [service_entry("a", ["a.bar.global", "both.bar.global"], ["10.0.0.1"])],
    "west": [service_entry("b", ["b.bar.global", "both.bar.global"], ["10.0.0.2"])],
}


@pytest.fixture
def files(tmp_path):
    """Two directories of manifests, as sources."""
    for name, entries in ENTRIES.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "entries.yaml").write_text(manifest(*entries))
    return {name: {"files": {"path": str(tmp_path / name)}} for name in ENTRIES}


@pytest.fixture
def unreachable(tmp_path):
    """A cluster where nobody listens."""
    (tmp_path / "kubeconfig").write_text(KUBECONFIG)
    return {"kubernetes": {"cluster": "north", "kubeconfig": str(tmp_path / "kubeconfig")}}


@pytest.fixture
def server_of(tmp_path):
    """Starts a server of these sources, once."""
    started = []

    def run(sources, **config):
        started.append(Server(directory=tmp_path, config={"sources": sources, **config}))
        return started[-1].__enter__()

    yield run
    for server in started:
        server.__exit__(None, None, None)


@pytest.mark.parametrize("local, expected", [(None, "10.0.0.1"), ("east", "10.0.0.1"), ("west", "10.0.0.2")])
def test_the_local_source_comes_first(server_of, files, local, expected):
    if local:
        files[local]["files"]["local"] = True
    server = server_of(list(files.values()))
    eventually(lambda: rcode(server.query("nobody.bar.global")) == "NXDOMAIN")
    assert addresses(server.query("both.bar.global")) == [expected]
    assert addresses(server.query("a.bar.global")) == ["10.0.0.1"]
    assert addresses(server.query("b.bar.global")) == ["10.0.0.2"]
    assert server.metrics()["meshdns_conflicts"] == 1
    claimants = server.get("/explain?name=both.bar.global").json()["claimants"]
    assert [claimant["wins"] for claimant in claimants] == [True, False]
    assert "its source comes after" in claimants[1]["why"]


def test_an_optional_source_holds_back_negative_answers(server_of, files, unreachable):
    server = server_of([files["east"], unreachable], sourceWait="1h")
    eventually(lambda: server.get("/ready").status_code == 200)
    assert addresses(server.query("a.bar.global")) == ["10.0.0.1"]
    unknown = server.query("b.bar.global", use_edns=0)
    assert (rcode(unknown), ede_codes(unknown)) == ("SERVFAIL", [14])


def test_an_optional_source_is_given_up_after_a_while(server_of, files, unreachable):
    server = server_of([files["east"], unreachable], sourceWait="200ms")
    eventually(lambda: rcode(server.query("b.bar.global")) == "NXDOMAIN")
    server.wait_for_log(re.compile(r"source north: not synced within sourceWait \(200ms\)"))
    assert server.metrics()['meshdns_source_synced{source="north"}'] == 0


def test_one_that_was_given_up_stays_so_under_a_new_configuration(server_of, files, unreachable, tmp_path):
    sources = [files["east"], unreachable]
    server = server_of(sources, sourceWait="200ms")
    eventually(lambda: rcode(server.query("b.bar.global")) == "NXDOMAIN")
    config = {"sources": sources, "sourceWait": "1h", "zones": [{"name": "global", "ttl": 7}], "lameduck": "0s"}
    (tmp_path / "meshdns.yaml").write_text(yaml.safe_dump(config))
    server.signal(signal.SIGHUP)
    server.wait_for_log(re.compile("the new configuration is in effect"))
    assert server.query("a.bar.global").answer[0].ttl == 7
    assert rcode(server.query("b.bar.global")) == "NXDOMAIN"


def test_a_kubeconfig_is_read_again(server_of, files, unreachable, tmp_path):
    server = server_of([files["east"], unreachable])
    server.wait_for_log(re.compile("source north: no connection to the API server at http://127.0.0.1:1 "))
    (tmp_path / "kubeconfig").write_text(KUBECONFIG.replace("127.0.0.1:1", "127.0.0.2:1"))
    server.signal(signal.SIGHUP)
    server.wait_for_log(re.compile("changed: the access to a cluster"))
    server.wait_for_log(re.compile("source north: no connection to the API server at http://127.0.0.2:1 "))


def test_the_proxy_that_a_cluster_is_behind_is_named(server_of, tmp_path, unreachable):
    text = KUBECONFIG.replace("{server:", '{proxy-url: "http://me:secret@127.0.0.1:1", server:')
    (tmp_path / "kubeconfig").write_text(text)
    server = server_of([unreachable])
    server.wait_for_log(re.compile(r"API server at http://127\.0\.0\.1:1 through the proxy 127\.0\.0\.1:1 \(Connection refused"))
    assert "secret" not in server.log


@pytest.mark.parametrize("local", [True, False])
def test_a_required_source_is_waited_for(server_of, files, unreachable, local):
    unreachable["kubernetes"]["local" if local else "required"] = True
    server = server_of([files["east"], unreachable], sourceWait="0s")
    eventually(lambda: addresses(server.query("a.bar.global")) == ["10.0.0.1"])
    assert server.get("/ready").text == "source north has not synced\n"
    assert rcode(server.query("b.bar.global")) == "SERVFAIL"
