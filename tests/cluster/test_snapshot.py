"""The server is restarted while its API servers are away: it answers at once as before, says that it is stale, and converges."""

import contextlib

import pytest

from cluster.conftest import meshdns_on
from cluster.test_two_clusters import all_answered, clusters, equal_to_the_truth, server_of  # clusters: a fixture
from support.entries import service_entry
from support.meshdns import addresses, rcode
from support.process import eventually


def ready(server):
    return eventually(lambda: server.get("/ready").text == "OK\n", timeout=70)


def stale(server):
    return {line.split()[1] for line in server.get("/ready").text.splitlines()[1:] if "is stale" in line}


@contextlib.contextmanager
def restarted(server, *planes):
    """The server, started while the API servers are away."""
    for plane in planes:
        plane.kill_api_server()
    try:
        with server() as running:
            yield running
    finally:
        for plane in planes:
            if not plane.api_server.running:
                plane.start()


def change_without_the_server(plane):
    """What the server cannot have seen, as it is down."""
    plane.create(service_entry("new", "new.bar.global", ["240.0.3.1"]))
    plane.kubectl("-n", "bar", "delete", "serviceentry", "gone")
    plane.kubectl("-n", "bar", "patch", "serviceentry", "moved", "--type=merge",
                  "-p", '{"spec": {"addresses": ["240.0.3.9"]}}')


@pytest.mark.parametrize("namespaces", [[], ["bar", "foo"]], ids=["cluster", "namespaces"])
def test_restarted_while_the_api_server_is_away(control_plane, tmp_path, namespaces):
    arguments = [*(f"--namespace={name}" for name in namespaces), "--state", tmp_path / "state"]

    def start():
        return meshdns_on(control_plane, tmp_path, arguments=arguments)

    for name in ("kept", "gone", "moved"):
        control_plane.create(service_entry(name, f"{name}.bar.global", ["240.0.3.2"]))
    with start() as server:
        ready(server)
        serial = server.query("global", "SOA").answer[0][0].serial
    change_without_the_server(control_plane)
    with restarted(start, control_plane) as server:
        assert server.get("/ready").status_code == 200 and stale(server) == {"east"}
        for name in ("kept", "gone", "moved"):
            assert addresses(server.query(f"{name}.bar.global")) == ["240.0.3.2"]
        assert rcode(server.query("new.bar.global")) == "NXDOMAIN"
        assert server.query("global", "SOA").answer[0][0].serial > serial
        assert server.metrics()['meshdns_source_stale{source="east"}'] == 1

        control_plane.start()
        ready(server)
        assert addresses(server.query("kept.bar.global")) == ["240.0.3.2"]
        assert addresses(server.query("moved.bar.global")) == ["240.0.3.9"]
        assert addresses(server.query("new.bar.global")) == ["240.0.3.1"]
        assert rcode(server.query("gone.bar.global")) == "NXDOMAIN"
        assert server.metrics()['meshdns_source_stale{source="east"}'] == 0
    control_plane.kubectl("-n", "bar", "delete", "serviceentry", "kept", "moved", "new")


@pytest.mark.parametrize("names", [["west"], ["east", "west"]], ids="+".join)
def test_one_of_two_clusters_is_away_or_both(clusters, tmp_path, names):
    def start():
        return server_of(clusters, tmp_path, state=str(tmp_path / "state"))

    with start() as server:
        ready(server)
        eventually(lambda: all_answered(server))
    planes = [clusters[name] for name in names]
    with restarted(start, *planes) as server:
        assert all_answered(server)
        assert rcode(server.query("unknown.bar.global")) == "NXDOMAIN"
        eventually(lambda: stale(server) == set(names), timeout=30)
        for plane in planes:
            plane.start()
        ready(server)
        assert equal_to_the_truth(server, clusters)
