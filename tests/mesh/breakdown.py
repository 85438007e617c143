"""One of the clusters that serve a host breaks while requests to it flow, stays broken and heals; and what the requests see of that."""

import time
from typing import NamedTuple

from mesh.traffic import Tally, Traffic
from mesh.two_clusters import CLUSTER_IP, GATEWAY, LOCAL, REMOTE


def _kill_server(server):
    server.kill_server()
    return server.heal_server


def _stop_server(server):
    server.hang_server()
    return server.heal_server


def _kill_pod(workload):
    workload.kill()
    return workload.restart


def _drop_packets(mesh, server):
    for address in server.pod.addresses:
        mesh.node.drop("all", address)
    return mesh.node.heal


# Of the client's own cluster. Each breaks it, and returns what heals it.
FAULTS = {
    "server killed": lambda mesh: _kill_server(mesh.server(LOCAL[0])),
    "server stopped": lambda mesh: _stop_server(mesh.server(LOCAL[0])),
    "packets dropped": lambda mesh: _drop_packets(mesh, mesh.server(LOCAL[0])),
    "pod killed": lambda mesh: _kill_pod(mesh.server(LOCAL[0])),
}
# Of the other cluster: who sends it nothing does not notice.
REMOTE_FAULTS = {
    "gateway killed": lambda mesh: _kill_pod(mesh.gateway),
    "remote server killed": lambda mesh: _kill_server(mesh.server(REMOTE)),
}


class Breakdown(NamedTuple):
    """moved: when the client's proxy had ejected the cluster, since it broke; let_in: how often it tried it again, and ejected it once
    more; returned: when the requests came to it again, since it was healed (seconds)."""

    tally: Tally
    moved: float
    let_in: int
    returned: float


def break_down(mesh, url, fault, meanwhile, seconds=0):
    """meanwhile: called while the cluster is broken, with the host's ends. seconds: that requests flow, at least; they have returned then."""
    broken, other = (GATEWAY, CLUSTER_IP) if fault in REMOTE_FAULTS else (CLUSTER_IP, GATEWAY)
    ends, end = mesh.ends(), time.monotonic() + seconds
    with Traffic(mesh.sleep.pod, url) as traffic:
        ends.await_requests(broken)
        before, began = ends.ejections(), time.monotonic()
        heal = {**FAULTS, **REMOTE_FAULTS}[fault](mesh)
        try:
            ends.await_ejected(broken)
            moved = time.monotonic() - began
            ends.await_requests(other)
            meanwhile(ends)
        finally:
            heal()
        let_in, healed = ends.ejections() - before - 1, time.monotonic()
        ends.await_ejected(broken, False)
        ends.await_requests(broken)
        returned = time.monotonic() - healed
        time.sleep(max(0, end - time.monotonic()))
        tally = traffic.tally()
    return Breakdown(tally, moved, let_in, returned)
