"""Two real API servers as two clusters: who has a host, what is reported, and what stays when either is away, or both."""

import re
import signal

import pytest
import yaml

from cluster.conftest import running_control_plane
from cluster.control_plane import free_port
from cluster.truth import difference, served, truth
from support.asker import Asker
from support.entries import service_entry
from support.meshdns import Server, addresses, rcode
from support.process import eventually

ENTRIES = {
    "east": [("only-east", "only-east.bar.global", "10.1.0.1"), ("both", "both.bar.global", "10.1.0.2"),
             ("same", "same.bar.global", "10.0.0.3")],
    "west": [("only-west", "only-west.bar.global", "10.2.0.1"), ("both", "both.bar.global", "10.2.0.2"),
             ("same", "same.bar.global", "10.0.0.3")],
}
ANSWERS = {"only-east.bar.global": "10.1.0.1", "only-west.bar.global": "10.2.0.1", "both.bar.global": "10.1.0.2",
           "same.bar.global": "10.0.0.3"}


@pytest.fixture(scope="module")
def clusters(tmp_path_factory):
    with running_control_plane(tmp_path_factory.mktemp("east")) as east, \
            running_control_plane(tmp_path_factory.mktemp("west")) as west:
        planes = {"east": east, "west": west}
        for name, plane in planes.items():
            for entry, host, address in ENTRIES[name]:
                plane.create(service_entry(entry, host, [address]))
        yield planes


def source(plane, cluster, **keys):
    return {"kubernetes": {"cluster": cluster, "kubeconfig": str(plane.meshdns_kubeconfig), **keys}}


def server_of(clusters, directory, *more, **config):
    sources = [source(clusters["east"], "east", local=True), source(clusters["west"], "west"), *more]
    return Server(directory=directory, config={"sources": sources, **config})


def all_answered(server):
    return all(addresses(server.query(host)) == [address] for host, address in ANSWERS.items())


def equal_to_the_truth(server, clusters):
    wrong = difference(truth(*clusters.values()), served(server))
    assert not wrong, wrong
    return True


def test_the_local_cluster_decides_first_and_conflicts_are_told(clusters, tmp_path):
    with server_of(clusters, tmp_path) as server:
        eventually(lambda: all_answered(server), timeout=30)
        assert equal_to_the_truth(server, clusters)
        assert rcode(server.query("nobody.bar.global")) == "NXDOMAIN"
        claimants = server.get("/explain?name=both.bar.global").json()["claimants"]
        assert [(each["source"], each["wins"]) for each in claimants] == [("east", True), ("west", False)]
        assert server.metrics()["meshdns_conflicts"] == 1, "the same answer from both is none"


@pytest.mark.parametrize("away", [["west"], ["east"], ["east", "west"]], ids="+".join)
def test_a_cluster_that_is_away_keeps_its_last_data(clusters, tmp_path, away):
    with server_of(clusters, tmp_path) as server:
        eventually(lambda: all_answered(server), timeout=30)
        asker = Asker(server, [*ANSWERS, "unknown.bar.global"])
        for name in away:
            clusters[name].kill_api_server()
        for name in ENTRIES.keys() - set(away):
            clusters[name].create(service_entry("meanwhile", f"meanwhile-{name}.bar.global", ["10.9.0.1"]))
            eventually(lambda: addresses(server.query(f"meanwhile-{name}.bar.global")) == ["10.9.0.1"])
            clusters[name].kubectl("-n", "bar", "delete", "serviceentry", "meanwhile")
        assert server.get("/ready").status_code == 200
        for name in away:
            clusters[name].start()
            clusters[name].create(service_entry("after", f"after-{name}.bar.global", ["10.9.0.2"]))
            eventually(lambda: addresses(server.query(f"after-{name}.bar.global")) == ["10.9.0.2"], timeout=70)
            clusters[name].kubectl("-n", "bar", "delete", "serviceentry", "after")
        eventually(lambda: equal_to_the_truth(server, clusters))
        asker.stop()
        assert not asker.wrong, f"{len(asker.wrong)} of {asker.asked}, such as {asker.wrong[0]}"


def test_a_cluster_that_is_away_keeps_its_data_under_a_new_configuration(clusters, tmp_path):
    with server_of(clusters, tmp_path, sourceWait="1s") as server:
        eventually(lambda: all_answered(server), timeout=30)
        clusters["west"].kill_api_server()
        try:
            file = tmp_path / "meshdns.yaml"
            config = yaml.safe_load(file.read_text())
            file.write_text(yaml.safe_dump({**config, "zones": [{"name": "global", "ttl": 7}]}))
            server.signal(signal.SIGHUP)
            server.wait_for_log(re.compile("the new configuration is in effect"))
            assert server.query("only-west.bar.global").answer[0].ttl == 7
            assert all_answered(server)
        finally:
            clusters["west"].start()


def test_a_cluster_that_was_never_reached_does_not_keep_the_server_unready(clusters, tmp_path):
    kubeconfig = clusters["west"].write_kubeconfig("nowhere", "t", url=f"https://127.0.0.1:{free_port()}")
    nowhere = {"kubernetes": {"cluster": "nowhere", "kubeconfig": str(kubeconfig)}}
    with server_of(clusters, tmp_path, nowhere, sourceWait="2s") as server:
        eventually(lambda: server.get("/ready").status_code == 200, timeout=30)
        eventually(lambda: rcode(server.query("nobody.bar.global")) == "NXDOMAIN")
        assert all_answered(server)
        assert server.metrics()['meshdns_source_synced{source="nowhere"}'] == 0
