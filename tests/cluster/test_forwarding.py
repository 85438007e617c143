"""ServiceEntries of a real API server, asked for directly and through CoreDNS, as they come, change and go."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from cluster.control_plane import HERE
from support.entries import service_entry
from support.meshdns import addresses, rcode, records
from support.process import eventually

TUTORIAL = HERE / "data/serviceentry.yaml"
TUTORIAL_HOST = "serverservice04.bar.global"


def answered(server, host, expected, timeout=10):
    """Waits until the host has that address and prints how long that took: a second is promised, on an idle machine."""
    start = time.monotonic()
    eventually(lambda: addresses(server.query(host)) == [expected], timeout, every=0.002)
    print(f"{host} was answered with {expected} after {1000 * (time.monotonic() - start):.0f} ms")


@pytest.fixture
def entry(control_plane, server):
    """Creates ServiceEntries that last as long as the test."""
    created = []

    def create(name, host, address):
        control_plane.create(service_entry(name, host, [address]))
        created.append(name)

    yield create
    if created:
        control_plane.kubectl("-n", "bar", "delete", "serviceentry", "--ignore-not-found", *created)


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
def test_the_tutorials_manifest_is_answered_through_coredns(control_plane, server, coredns, tcp):
    control_plane.kubectl("apply", "-f", TUTORIAL)
    answered(server, TUTORIAL_HOST, "240.0.0.2")
    answer = coredns.query(TUTORIAL_HOST, tcp=tcp)
    assert (rcode(answer), addresses(answer)) == ("NOERROR", ["240.0.0.2"])
    nodata = coredns.query(TUTORIAL_HOST, "AAAA", tcp=tcp)
    assert (rcode(nodata), addresses(nodata), len(records(nodata, "authority", "SOA"))) == ("NOERROR", [], 1)


def test_an_edit_is_answered_within_a_second_and_through_coredns_within_the_ttl(control_plane, server, coredns, entry):
    entry("edited", "edited.bar.global", "240.0.1.1")
    answered(server, "edited.bar.global", "240.0.1.1")
    seen = coredns.query("edited.bar.global")
    assert addresses(seen) == ["240.0.1.1"]
    deadline = time.monotonic() + seen.answer[0].ttl

    control_plane.kubectl("-n", "bar", "patch", "serviceentry", "edited", "--type=merge", "-p",
                          '{"spec":{"addresses":["240.0.1.2"]}}')
    answered(server, "edited.bar.global", "240.0.1.2")
    left = deadline - time.monotonic()
    eventually(lambda: addresses(coredns.query("edited.bar.global")) == ["240.0.1.2"], timeout=left + 1)


def test_a_deleted_host_is_nxdomain_with_soa(control_plane, server, coredns, entry):
    entry("deleted", "deleted.bar.global", "240.0.1.3")
    answered(server, "deleted.bar.global", "240.0.1.3")
    control_plane.kubectl("-n", "bar", "delete", "serviceentry", "deleted")
    for way in (server, coredns):
        eventually(lambda: rcode(way.query("deleted.bar.global")) == "NXDOMAIN")
        assert len(records(way.query("deleted.bar.global"), "authority", "SOA")) == 1


def test_a_second_entry_for_a_host_changes_nothing_until_the_first_goes(control_plane, server, entry):
    host = "contested.bar.global"
    entry("a-first", host, "240.0.1.4")
    answered(server, host, "240.0.1.4")
    entry("b-second", host, "240.0.1.5")
    entry("c-sentinel", "sentinel.bar.global", "240.0.1.6")
    answered(server, "sentinel.bar.global", "240.0.1.6")  # so the second entry has been seen
    assert {tuple(addresses(server.query(host))) for _ in range(500)} == {("240.0.1.4",)}

    control_plane.kubectl("-n", "bar", "delete", "serviceentry", "a-first")
    answered(server, host, "240.0.1.5")


def test_two_thousand_entries_created_in_a_loop_are_all_answered(control_plane, server, coredns):
    expected = {f"many{i}.bar.global": f"240.1.{i // 250}.{i % 250}" for i in range(2000)}
    manifests = [service_entry(host.split(".")[0], host, [address]) for host, address in expected.items()]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(control_plane.create, manifests))
    for host, address in expected.items():
        answered_with = eventually(lambda: addresses(server.query(host)))
        assert answered_with == [address]
    assert {host: addresses(coredns.query(host)) for host in expected} == {
        host: [address] for host, address in expected.items()}
