"""The admin endpoints from outside."""

import json
import socket

import dns.zone
import pytest
import requests

from support.entries import service_entry
from support.meshdns import records

ENTRIES = [
    service_entry("a", "a.bar.global", ["240.0.0.1", "2001:db8::1"]),
    service_entry("younger", "a.bar.global", ["240.0.0.9"], namespace="zoo", created="2026-02-01T00:00:00Z"),
    service_entry("wild", "*.wild.bar.global", ["240.0.0.2"]),
    service_entry("below", "x.b.wild.bar.global", ["240.0.0.3"]),
    service_entry("bad", "bad_!.bar.global", ["240.0.0.4"]),
    service_entry("private", "private.bar.global", ["240.0.0.5"], exportTo=["."]),
    service_entry("silent", "silent.bar.global", []),
    service_entry("usurper", "ns.dns.global", ["240.0.0.6"]),
]

# path, status, type, something in the body
PATHS = [
    ("/health", 200, "text/plain", "OK"),
    ("/ready", 200, "text/plain", "OK"),
    ("/metrics", 200, "text/plain", "meshdns_build_info{"),
    ("/zones/global", 200, "text/dns", "$ORIGIN global."),
    ("/zones/GLOBAL.", 200, "text/dns", "$ORIGIN global."),
    ("/zones/nothing", 404, "text/plain", "/zones/global"),
    ("/explain?name=a.bar.global", 200, "application/json", '"240.0.0.1"'),
    ("/explain?name=a.bar.global&type=AAAA", 200, "application/json", "2001:db8::1"),
    ("/explain?name=a.bar.global&type=28", 200, "application/json", "2001:db8::1"),
    ("/explain", 400, "text/plain", "name="),
    ("/explain?name=a&type=NOTYPE", 400, "text/plain", "NOTYPE"),
    ("/", 200, "text/html", 'href="/zones/global"'),
    ("/nothing", 404, "text/plain", "/health"),
]

# query, some of its explanation
EXPLAINED = [
    ("name=a.bar.global", {"outcome": "answer", "zone": "global", "owner": "a.bar.global", "type": "A"}),
    ("name=a.bar.global&type=TXT", {"outcome": "nodata", "owner": "a.bar.global"}),
    ("name=x.wild.bar.global", {"outcome": "answer", "owner": "*.wild.bar.global"}),
    ("name=none.bar.global", {"outcome": "nxdomain", "closestEncloser": "bar.global"}),
    ("name=y.b.wild.bar.global", {"outcome": "nxdomain", "closestEncloser": "b.wild.bar.global",
                                  "note": "the existing name b.wild.bar.global blocks the wildcard *.wild.bar.global"}),
    ("name=bar.global", {"outcome": "nodata"}),
    ("name=example.org", {"outcome": "refused", "zone": ""}),
]

# host, the entry that asked for it, why it is not served
NOT_SERVED = [
    ("bad_!.bar.global", "bar/bad", "invalid-host"),
    ("private.bar.global", "bar/private", "not-exported"),
    ("silent.bar.global", "bar/silent", "no-address"),
    ("ns.dns.global", "bar/usurper", "reserved"),
]


@pytest.mark.parametrize("path,status,kind,contains", PATHS)
def test_path(server, path, status, kind, contains):
    response = server.get(path)
    assert response.status_code == status
    assert response.headers["Content-Type"].startswith(kind)
    assert contains in response.text
    assert response.headers["Connection"] == "close"


@pytest.mark.parametrize("query,expected", EXPLAINED)
def test_explain(server, query, expected):
    explanation = server.get(f"/explain?{query}").json()
    assert {key: explanation[key] for key in expected} == expected


@pytest.mark.parametrize("host,entry,reason", NOT_SERVED)
def test_explain_says_why_an_entry_is_not_served(server, host, entry, reason):
    skipped = server.get("/explain", params={"name": host}).json()["skipped"]
    assert [(part["object"], part["what"], part["reason"]) for part in skipped] == [(entry, host, reason)]
    assert skipped[0]["detail"]


def test_explain_names_the_claimants(server):
    explanation = server.get("/explain?name=a.bar.global").json()
    assert [(claimant["object"], claimant["wins"]) for claimant in explanation["claimants"]] == [
        ("bar/a", True), ("zoo/younger", False)]
    assert all(claimant["why"] for claimant in explanation["claimants"])


def test_the_zone_reads_back_as_it_is_answered(server):
    text = server.get("/zones/global").text
    zone = dns.zone.from_text(text, origin="global.", relativize=False)
    assert text.splitlines()[1].split()[3] == "SOA"
    for name in ("a.bar.global", "*.wild.bar.global", "ns.dns.global"):
        for rdtype in ("A", "AAAA"):
            expected = records(server.query(name, rdtype), rdtype=rdtype)
            rdataset = zone.get_rdataset(dns.name.from_text(name), rdtype)
            assert sorted(rdata.to_text() for rdata in rdataset or []) == expected
    assert len(zone.nodes) == server.metrics()['meshdns_zone_names{zone="global"}']


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_only_reading(server, method):
    response = requests.request(method, f"http://127.0.0.1:{server.admin_port}/health", timeout=5)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("size", [1, 4_000_000])
@pytest.mark.parametrize("method,status", [("GET", 413), ("POST", 405)])
def test_bodies_are_refused(server, method, size, status):
    with socket.create_connection(("127.0.0.1", server.admin_port), timeout=5) as client:
        client.sendall(f"{method} /health HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n".encode())
        try:
            client.sendall(b"x" * size)
        except ConnectionError:
            pass  # refused before it had all come
        assert client.recv(4096).startswith(f"HTTP/1.1 {status} ".encode())


def test_head_has_no_body(server):
    response = server.http.head(f"http://127.0.0.1:{server.admin_port}/metrics", timeout=5)
    assert (response.status_code, response.content) == (200, b"")


def test_clients_that_hang_do_not_fail_the_probe(server):
    hanging = []
    for i in range(150):  # more than are kept
        client = socket.create_connection(("127.0.0.1", server.admin_port), timeout=5)
        client.sendall([b"", b"GET /health HTTP/1.1\r\n", b"G", b"x" * 8000][i % 4])
        hanging.append(client)
    for _ in range(20):
        assert server.get("/health", timeout=3).status_code == 200
    for client in hanging:
        client.close()


@pytest.mark.parametrize("allow,status", [
    (["127.0.0.0/8"], 200), (["10.0.0.0/8", "127.0.0.1"], 200), (["10.0.0.0/8"], 403), ([], 403)])
def test_who_may_read_the_data(start_server, allow, status):
    server = start_server(ENTRIES, {"admin": {"allow": allow}})
    assert server.get("/zones/global").status_code == status
    assert server.get("/explain?name=a.bar.global").status_code == status
    for path in ("/health", "/ready", "/metrics", "/"):
        assert server.get(path).status_code == 200


def test_every_explanation_is_json(server):
    for name in ("a.bar.global", "%00.global", r"\255.global", "x" * 63 + ".global", "bad_!.bar.global", "."):
        response = server.get("/explain", params={"name": name})
        assert response.status_code in (200, 400)
        if response.status_code == 200:
            json.loads(response.text)
