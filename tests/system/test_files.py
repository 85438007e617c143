"""Manifest files as a source: what is read, what an edit changes, and what a bad file does not."""

import os
import re

import pytest

from support.entries import manifest, replace, service_entry
from support.meshdns import Server, addresses, rcode
from support.process import eventually


def answer(server, host):
    """The addresses, or the rcode where there are none."""
    response = server.query(host)
    return addresses(response) or rcode(response)


def becomes(server, host, expected):
    def probe():
        assert answer(server, host) == expected
        return True
    eventually(probe)


def entries_file(tmp_path):
    return tmp_path / "entries" / "entries.yaml"


def bomb():
    """A YAML of under a kilobyte that would expand to 10^9 items."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
    return "\n".join(lines) + "\n"


A = service_entry("a", "a.bar.global", ["240.0.0.1"])
B = service_entry("b", "b.bar.global", ["240.0.0.2"])

# what stands in a file beside A, and what is served of it
CONTENTS = [
    ("several documents", manifest(A, B), {"b.bar.global": ["240.0.0.2"]}),
    ("a List", manifest({"apiVersion": "v1", "kind": "List", "items": [A, B]}), {"b.bar.global": ["240.0.0.2"]}),
    ("other kinds", manifest(A, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}), {}),
    ("empty documents", "---\n---\n" + manifest(A) + "---\n", {}),
    ("anchors", "x: &host a.bar.global\n---\n" + manifest(A), {}),
    ("JSON", '{"apiVersion": "networking.istio.io/v1beta1", "kind": "ServiceEntry", "metadata": {"name": "a"},'
             ' "spec": {"hosts": ["a.bar.global"], "addresses": ["240.0.0.1"],'
             ' "ports": [{"number": 80, "name": "h", "protocol": "HTTP"}]}}', {}),
]

# what is wrong with one entry, the reason under which it is counted; what the zones decide is not for the log
SKIPPED = [
    (service_entry("bad", "no_good!.bar.global", ["240.0.0.9"]), "invalid-host"),
    (service_entry("bad", "bad.bar.global", ["240.0.0.256"]), "invalid-address"),
    (service_entry("bad", "bad.bar.global", ["10.0.0.0/8"], resolution="NONE"), "address-block"),
    (service_entry("bad", "bad.bar.global", []), "no-address"),
    (service_entry("bad", "bad.bar.global", ["240.0.0.9"], exportTo=["."]), "not-exported"),
    (service_entry("bad", "bad.example.org", ["240.0.0.9"]), "outside-zones"),
    (service_entry("bad", "ns.dns.global", ["240.0.0.9"]), "reserved"),
    (service_entry("bad", "bad.bar.global", ["240.0.0.9"], ports=[{"name": "h", "number": 70000, "protocol": "TCP"}]),
     "invalid-port"),
]

# a text that cannot be read, where the log says the trouble is
BROKEN = [
    ("a tab", manifest(A) + "---\nkind: List\n\titems: []\n", r"entries\.yaml:\d+"),
    ("a quote that is not closed", 'kind: "ServiceEntry\nmetadata: {}\n', r"entries\.yaml:\d+"),
    ("a key twice", "kind: List\nkind: List\n", r"entries\.yaml:2"),
    ("an alias bomb", bomb(), r"entries\.yaml:\d+.*aliases"),
    ("an unknown alias", "kind: List\nitems: *nothing\n", r"entries\.yaml:2"),
    ("nesting without end", "[" * 100_000, r"entries\.yaml:1"),
    ("bytes that are no text", "kind: \x00\x01\n", r"entries\.yaml:1"),
]


@pytest.mark.parametrize("text,more", [case[1:] for case in CONTENTS], ids=[case[0] for case in CONTENTS])
def test_contents(tmp_path, text, more):
    replace(entries_file(tmp_path), text)
    with Server("--from", entries_file(tmp_path), directory=tmp_path) as server:
        eventually(lambda: server.get("/ready").status_code == 200)
        for host, expected in {"a.bar.global": ["240.0.0.1"], **more}.items():
            assert answer(server, host) == expected


def test_an_edit_is_served(start_server, tmp_path):
    server = start_server([A])
    replace(entries_file(tmp_path), manifest(service_entry("a", "a.bar.global", ["240.0.0.3"]), B))
    becomes(server, "a.bar.global", ["240.0.0.3"])
    becomes(server, "b.bar.global", ["240.0.0.2"])
    serial = server.metrics()['meshdns_zone_serial{zone="global"}']
    replace(entries_file(tmp_path), manifest(B))
    becomes(server, "a.bar.global", "NXDOMAIN")
    assert server.metrics()['meshdns_zone_serial{zone="global"}'] > serial


def test_files_come_and_go(start_server, tmp_path):
    server = start_server([A])
    second = tmp_path / "entries" / "second.yml"
    replace(second, manifest(B))
    becomes(server, "b.bar.global", ["240.0.0.2"])
    replace(tmp_path / "entries" / "notes.txt", manifest(service_entry("c", "c.bar.global", ["240.0.0.3"])))
    second.unlink()
    becomes(server, "b.bar.global", "NXDOMAIN")
    assert answer(server, "c.bar.global") == "NXDOMAIN"


def test_a_config_maps_mount(tmp_path):
    """kubelet swaps the symlink ..data to a new directory; the names are symlinks through it."""
    mount = tmp_path / "mount"

    def publish(version, *objects):
        replace(mount / f"..{version}" / "entries.yaml", manifest(*objects))
        (mount / "..data_tmp").symlink_to(f"..{version}")
        os.replace(mount / "..data_tmp", mount / "..data")

    publish("v1", A)
    (mount / "entries.yaml").symlink_to("..data/entries.yaml")
    with Server("--from", mount, directory=tmp_path) as server:
        becomes(server, "a.bar.global", ["240.0.0.1"])
        publish("v2", service_entry("a", "a.bar.global", ["240.0.0.7"]))
        becomes(server, "a.bar.global", ["240.0.0.7"])


def test_the_oldest_owns_a_host(start_server, tmp_path):
    old = service_entry("old", "a.bar.global", ["240.0.0.1"], created="2025-01-01T00:00:00Z")
    new = service_entry("new", "a.bar.global", ["240.0.0.2"], created="2026-01-01T00:00:00Z")
    server = start_server([new, old])
    assert answer(server, "a.bar.global") == ["240.0.0.1"]
    assert server.metrics()["meshdns_conflicts"] == 1
    replace(entries_file(tmp_path), manifest(new))
    becomes(server, "a.bar.global", ["240.0.0.2"])
    assert server.metrics()["meshdns_conflicts"] == 0


@pytest.mark.parametrize("bad,reason", SKIPPED, ids=[reason for _, reason in SKIPPED])
def test_a_bad_entry_is_skipped_alone(start_server, tmp_path, bad, reason):
    server = start_server([A, bad, B])
    assert answer(server, "a.bar.global") == ["240.0.0.1"]
    assert answer(server, "b.bar.global") == ["240.0.0.2"]
    sample = f'meshdns_entries_skipped{{reason="{reason}"}}'
    assert server.metrics()[sample] == 1
    if reason in ("outside-zones", "reserved"):
        return

    server.wait_for_log(re.compile(rf"bar/bad.*{reason}"))
    replace(entries_file(tmp_path), manifest(A, bad, B, service_entry("c", "c.bar.global", ["240.0.0.3"])))
    becomes(server, "c.bar.global", ["240.0.0.3"])
    assert len(re.findall(rf"bar/bad.*{reason}", server.log)) == 1  # logged once
    replace(entries_file(tmp_path), manifest(A, B))
    eventually(lambda: server.metrics()[sample] == 0)


@pytest.mark.parametrize("text,place", [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_broken_file_keeps_what_it_gave(start_server, tmp_path, text, place):
    server = start_server([A])
    replace(entries_file(tmp_path), text)
    server.wait_for_log(re.compile(place))
    assert answer(server, "a.bar.global") == ["240.0.0.1"]
    assert server.get("/ready").status_code == 200
    assert [value for sample, value in server.metrics().items() if re.search(r'source_errors.*reason="file"', sample)] == [1]
    replace(entries_file(tmp_path), manifest(A, B))
    becomes(server, "b.bar.global", ["240.0.0.2"])


def test_not_ready_before_each_file_has_been_read(tmp_path):
    replace(entries_file(tmp_path), "kind: [\n")
    with Server("--from", tmp_path / "entries", directory=tmp_path) as server:
        server.wait_for_log(re.compile(r"entries\.yaml:\d+"))
        assert server.get("/ready").status_code == 503
        assert answer(server, "a.bar.global") == "SERVFAIL"
        replace(entries_file(tmp_path), manifest(A))
        becomes(server, "a.bar.global", ["240.0.0.1"])
        assert server.get("/ready").status_code == 200
