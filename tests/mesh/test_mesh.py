"""The mesh stands: what a pod of one cluster asks a server of the other comes to it, through the gateway and over mTLS."""

import contextlib
import json
import re
import socket
from ipaddress import ip_address, ip_network

import pytest
import requests

from cluster.node import at
from mesh import objects
from mesh.commands import EXIT_DONE, EXIT_FAILED, create_entry, create_route, done, set_weights, verify
from mesh.istiod import get
from mesh.traffic import fetch, follows, send
from mesh.two_clusters import EAST, GATEWAY, GATEWAY_PORT, HOST, LOCAL, REMOTE, URL, WEST
from mesh.workload import SERVER_PORT


@pytest.fixture(scope="module", autouse=True)
def vip(mesh):
    """The virtual address of east's server in west, where all that leads there is made by our commands."""
    created = create_entry(mesh)
    create_route(mesh, 50, 25, 25)
    done(mesh.ctl("stub", "install", "--server", "service/meshdns/meshdns"))
    return re.search(rf"{HOST} has ([0-9.]+):", created)[1]


def test_the_clusters_dns_answers_with_what_meshdns_has(mesh, vip):
    assert ip_address(vip) in ip_network("240.0.0.0/16")
    assert mesh.dns.answers(HOST) == ("NOERROR", [vip])
    assert mesh.dns.everything_else() == mesh.dns.AS_BEFORE


def test_by_weight(mesh):
    tally = send(mesh.sleep.pod, URL, count=2000, rate=400)
    assert not tally.failures and follows(tally.answers, {REMOTE: 50, LOCAL[0]: 25, LOCAL[1]: 25}), tally


def test_the_weights_that_requests_follow_pass(mesh):
    assert passes(mesh)
    set_weights(mesh, 20, 40, 40)
    assert verify(mesh, 50, 25, 25).returncode == EXIT_FAILED
    assert passes(mesh, 20, 40, 40)


def passes(mesh, *weights):
    """By these, or by those that the proxy has. What is right fails one time in a thousand, and is then asked again."""
    ended = [verify(mesh, *weights)]
    if ended[0].returncode != EXIT_DONE:
        ended.append(verify(mesh, *weights))
    assert all("2000 sent, 0 failed, 0 unidentified" in each.stdout for each in ended), ended
    return ended[-1].returncode == EXIT_DONE


def test_a_tenth_that_goes_elsewhere_is_caught_each_time(mesh):
    set_weights(mesh, 40, 30, 30)
    assert [verify(mesh, 50, 25, 25).returncode for _ in range(20)] == [EXIT_FAILED] * 20


def test_a_name_of_the_zone_leads_to_the_other_cluster_over_mtls(mesh):
    answer = json.loads(fetch(mesh.sleep.pod, f"http://{HOST}:8000/headers"))
    assert answer["headers"]["host"] == f"{HOST}:8000"
    identities = answer["headers"]["x-forwarded-client-cert"]
    assert "By=spiffe://cluster.local/ns/bar/sa/serverservice04;" in identities
    assert "URI=spiffe://cluster.local/ns/foo/sa/sleep" in identities


@pytest.mark.parametrize("cluster, server", [(EAST, REMOTE), (WEST, LOCAL[0])], ids=["behind the gateway", "in the client's cluster"])
def test_a_headless_service_is_reached(mesh, cluster, server):
    """Its servers listen on another port than it has: the gateway translates, and for the client's own cluster the entry."""
    place = getattr(mesh, cluster)
    headless = objects.service("headless", "bar", "None", {"app": server}, [objects.port("http", 9000, SERVER_PORT)])
    place.apply(headless, place.slice_of(headless, server))
    done(mesh.ctl("entry", "create", "headless.bar.global", "--from-context", cluster, "bar/headless", "--context", WEST))
    tally = send(mesh.sleep.pod, "http://headless.bar.global:9000/headers", count=50)
    done(mesh.ctl("entry", "delete", "headless.bar.global", "--context", WEST))
    place.remove(headless, place.slice_of(headless, server))
    assert not tally.failures and tally.answers == {server: 50}, tally


def test_without_mtls_nothing_is_served(mesh):
    with pytest.raises(requests.ConnectionError):
        get(f"http://{mesh.server(REMOTE).address}:{SERVER_PORT}/headers")


def test_nothing_but_the_gateway_is_reached_from_the_other_cluster(mesh):
    with at(mesh.dns.client.namespace):
        socket.create_connection((GATEWAY, GATEWAY_PORT), timeout=5).close()
        for place in ((GATEWAY, 15021), (mesh.server(REMOTE).address, SERVER_PORT)):
            with contextlib.suppress(TimeoutError):
                socket.create_connection(place, timeout=1)
                raise AssertionError(f"{place} is reached")


@pytest.mark.parametrize("break_server, reason", [
    (lambda server: server.fail_server(500), "status 500"),
    (lambda server: server.hang_server(), "TimeoutError('timed out')"),
    (lambda server: server.kill_server(), "status 503"),
], ids=["answers 500", "hangs", "is dead"])
def test_what_a_broken_server_fails_is_counted(mesh, break_server, reason):
    """Weights alone do not fail over."""
    server = mesh.server(REMOTE)
    break_server(server)
    try:
        tally = send(mesh.sleep.pod, URL, count=50)
        assert tally.failures.keys() == {reason} and tally.answers.keys() == set(LOCAL), tally
    finally:
        server.heal_server()
    assert not send(mesh.sleep.pod, URL, count=100).failures


def test_a_pod_comes_back(mesh):
    server = mesh.server(REMOTE)
    server.kill()
    assert send(mesh.sleep.pod, URL, count=100).failures
    server.start()
    server.await_proxy()
    assert not send(mesh.sleep.pod, URL, count=100).failures


def test_no_proxy_refused_its_configuration(mesh):
    assert mesh.west.istiod.rejects() == mesh.east.istiod.rejects() == 0
