"""Requests flow, 200 a second, while the commands change where they go: none is lost."""

import pytest

from mesh.commands import create_entry, create_route, delete_entry, set_weights, undo
from mesh.traffic import Traffic
from mesh.two_clusters import REMOTE, URL

ROUNDS = 4  # of each kind of connection, one behind the other


@pytest.mark.parametrize("keep_alive", [True, False], ids=["kept connections", "a connection each"])
def test_none_is_lost(mesh, keep_alive):
    with Traffic(mesh.sleep.pod, URL, rate=200, keep_alive=keep_alive) as traffic:
        for _ in range(ROUNDS):
            create_entry(mesh)
            created = create_route(mesh, 50, 25, 25)
            undo(set_weights(mesh, 20, 40, 40))
            mesh.await_weights(50, 25, 25)
            undo(created)
            delete_entry(mesh)
            mesh.await_weights()
        tally = traffic.tally()
    print(tally)
    assert not tally.failures and tally.answers[REMOTE], tally
