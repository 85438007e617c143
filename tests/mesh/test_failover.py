"""A host that both clusters serve, as `failover create` makes it: one of them breaks while requests flow, 200 a second, and none is lost."""

from contextlib import ExitStack

import pytest

from mesh.breakdown import FAULTS, REMOTE_FAULTS, break_down
from mesh.commands import LOSSLESS, MODES, create_entry_in_both, create_failover, undo
from mesh.traffic import Traffic, send
from mesh.two_clusters import CLUSTER_IP, GATEWAY, LOCAL, REMOTE, SEVERAL, SEVERAL_IP
from mesh.workload import SERVER_PORTS, STREAM_PORT
from support.process import eventually

SEVERAL_HOST = f"{SEVERAL}.bar.global"
ROUNDS = 3
in_each_mode = pytest.mark.parametrize("mode", MODES, indirect=True)
BREAKDOWNS = [(mode, fault) for mode in MODES for fault in FAULTS] + [("distribute", fault) for fault in REMOTE_FAULTS]


@pytest.fixture(scope="module")
def base(mesh):
    """Of the host's URLs."""
    return f"http://{create_entry_in_both(mesh)}:8000"


@pytest.fixture
def mode(mesh, base, request):
    """For each test anew, as an end that was ejected before is ejected for longer: here for a second at first."""
    said = create_failover(mesh, *MODES[request.param])
    mesh.eject_for(1)
    yield request.param
    undo(said)
    mesh.await_failover(does=False)


def both_servers(mesh):
    return [mesh.server(name) for name in (LOCAL[0], REMOTE)]


def await_let_in(ends):
    """Until it was let in, and ejected once more."""
    before = ends.ejections()
    eventually(lambda: ends.ejections() > before, timeout=30, every=0.02)


@pytest.mark.parametrize("name", MODES)
def test_made_and_undone_while_requests_flow(mesh, base, name):
    with ExitStack() as flowing:
        traffic = [flowing.enter_context(Traffic(mesh.sleep.pod, f"{base}/headers", rate=100, keep_alive=kept)) for kept in (True, False)]
        for _ in range(ROUNDS):
            said = create_failover(mesh, *MODES[name])
            undo(said)
            mesh.await_failover(does=False)
        tallies = [each.tally() for each in traffic]
    print(tallies)
    assert not any(tally.failures for tally in tallies), tallies


def test_what_is_not_sent_again_is_lost(mesh, base):
    """Those that eject a server at least: the tests here can fail."""
    said = create_failover(mesh)
    mesh.eject_for(1)
    broken = break_down(mesh, f"{base}/headers", "server killed", lambda ends: None)
    undo(said)
    mesh.await_failover(does=False)
    print(broken)
    assert broken.tally.failures.keys() == {"status 503"} and broken.tally.lost >= 3


@pytest.mark.parametrize("mode, fault", BREAKDOWNS, indirect=["mode"])
def test_none_is_lost(mesh, base, mode, fault):
    """Requests move, the cluster is tried again while it is broken, and they come back."""
    broken = break_down(mesh, f"{base}/headers", fault, await_let_in)
    print(broken)
    assert not broken.tally.failures and broken.let_in > 0 and broken.tally.answers.keys() == {LOCAL[0], REMOTE}, broken


def test_none_is_lost_where_nearly_all_go_to_the_cluster_that_dies(mesh, base):
    said = create_failover(mesh, "--distribute", "west/west-a=95", "--distribute", "east/east-a=5", *LOSSLESS)
    mesh.eject_for(1)
    broken = break_down(mesh, f"{base}/headers", "server killed", await_let_in)
    undo(said)
    mesh.await_failover(does=False)
    print(broken)
    assert not broken.tally.failures and broken.let_in > 0, broken


@in_each_mode
@pytest.mark.parametrize("status", [500, 503])
def test_a_path_that_fails_in_both_clusters_takes_no_other_with_it(mesh, base, mode, status):
    with Traffic(mesh.sleep.pod, f"{base}/headers") as others, Traffic(mesh.sleep.pod, f"{base}/broken", rate=50) as failing:
        for server in both_servers(mesh):
            server.fail_server(status, "/broken")
        try:
            mesh.ends().await_requests(CLUSTER_IP, more=600)
        finally:
            for server in both_servers(mesh):
                server.heal_server()
        others, failing = others.tally(), failing.tally()
    print(others, failing)
    assert not others.failures and failing.failures.keys() == {f"status {status}"} and failing.lost > 40, (others, failing)


@in_each_mode
def test_where_every_cluster_is_ejected_requests_go_on(mesh, base, mode):
    mesh.eject_for(60)
    ends = mesh.ends()
    with Traffic(mesh.sleep.pod, f"{base}/headers"):
        for server in both_servers(mesh):
            server.kill_server()
        for address in (CLUSTER_IP, GATEWAY):
            ends.await_ejected(address)
    for server in both_servers(mesh):
        server.heal_server()
    tally = send(mesh.sleep.pod, f"{base}/headers", count=200)
    assert not tally.failures and ends[CLUSTER_IP].ejected and ends[GATEWAY].ejected, tally


def test_each_port_moves(mesh):
    """Of three: what a stream loses while a dead server is tried is lost."""
    address = create_entry_in_both(mesh, SEVERAL_HOST, SEVERAL, SEVERAL)
    create_failover(mesh, *LOSSLESS, host=SEVERAL_HOST)
    mesh.eject_for(1, SEVERAL_HOST)
    server, ends = mesh.server(LOCAL[0]), [mesh.ends(SEVERAL_HOST, port) for port in SERVER_PORTS]
    with ExitStack() as flowing:
        traffic = [flowing.enter_context(Traffic(mesh.sleep.pod, f"http://{address}:{port}/headers", rate=100, keep_alive=port != STREAM_PORT))
                   for port in SERVER_PORTS]
        server.kill()
        for port in ends:
            port.await_ejected(SEVERAL_IP)
            port.await_requests(GATEWAY)
        server.restart()
        for port in ends:
            port.await_ejected(SEVERAL_IP, False)
            port.await_requests(SEVERAL_IP)
        tallies = {port: each.tally() for port, each in zip(SERVER_PORTS, traffic)}
    print(tallies)
    assert all(tally.answers.keys() == {LOCAL[0], REMOTE} for tally in tallies.values()), tallies
    assert not any(tally.failures for port, tally in tallies.items() if port != STREAM_PORT), tallies


def test_no_proxy_refused_its_configuration(mesh):
    assert mesh.west.istiod.rejects() == mesh.east.istiod.rejects() == 0
