"""Before the first sync: the server knows that it does not know, and says which source it waits for."""

import re
import socket

import pytest
import yaml

from support.meshdns import Server, ede_codes, rcode, records


@pytest.fixture(scope="module")
def nowhere():
    """A port that refuses connections: bound, and not listened on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"https://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture(scope="module")
def server(nowhere, tmp_path_factory):
    directory = tmp_path_factory.mktemp("unreachable")
    kubeconfig = directory / "kubeconfig"
    kubeconfig.write_text(yaml.safe_dump({
        "apiVersion": "v1", "kind": "Config", "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": nowhere, "insecure-skip-tls-verify": True}}],
        "users": [{"name": "u", "user": {"token": "a-secret-token"}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]}))
    config = {"sources": [{"kubernetes": {"cluster": "east", "kubeconfig": str(kubeconfig)}}],
              "transfer": {"allow": ["127.0.0.1"]}}
    with Server(directory=directory, config=config) as running:
        yield running


# name, type, rcode with what is known so far
CASES = [
    ("a.bar.global", "A", "SERVFAIL"),
    ("a.bar.global", "AAAA", "SERVFAIL"),
    ("a.bar.global", "ANY", "SERVFAIL"),
    ("global", "SOA", "NOERROR"),
    ("global", "NS", "NOERROR"),
    ("ns.dns.global", "A", "NOERROR"),
    ("example.org", "A", "REFUSED"),
]


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
@pytest.mark.parametrize("name,rdtype,code", CASES)
def test_answer(server, name, rdtype, code, tcp):
    answer = server.query(name, rdtype, tcp=tcp, use_edns=0)
    assert rcode(answer) == code
    assert bool(records(answer)) == (code == "NOERROR")
    assert ede_codes(answer) == {"SERVFAIL": [14], "REFUSED": [20], "NOERROR": []}[code]
    assert not records(answer, "authority")  # nothing that a cache would keep
    without = server.query(name, rdtype, tcp=tcp)
    assert (rcode(without), without.edns) == (code, -1)


@pytest.mark.parametrize("name,code,ede", [("global", "SERVFAIL", [14]), ("example.org", "NOTAUTH", [20])])
def test_transfer(server, name, code, ede):
    answer = server.query(name, "AXFR", tcp=True, use_edns=0)
    assert (rcode(answer), ede_codes(answer)) == (code, ede)


def test_readiness_names_the_source(server):
    response = server.get("/ready")
    assert response.status_code == 503
    assert response.text.splitlines() == ["source east has not synced"]
    assert server.get("/health").status_code == 200


def test_the_log_says_which_server_and_why(server, nowhere):
    server.wait_for_log(re.compile(rf"(warn|error).*{re.escape(nowhere)}.*(refused|connect)", re.IGNORECASE))
    assert "a-secret-token" not in server.log


def test_metrics_and_explain_say_so(server):
    metrics = server.metrics()
    assert metrics['meshdns_source_synced{source="east"}'] == 0
    assert metrics['meshdns_source_errors_total{source="east",reason="connect"}'] >= 1
    assert server.get("/explain?name=a.bar.global").json()["outcome"] == "not-ready"


def test_it_stops_while_it_waits(server):
    """The fixture stops it: a source that is out of reach does not hold up the end."""
    assert server.running
