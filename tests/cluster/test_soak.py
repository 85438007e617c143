"""A small soak: see soak.py. `scripts/soak` runs the large one."""

import os
import random

from cluster.conftest import meshdns_on
from cluster.soak import address, entry, soak
from support.process import eventually

ENTRIES = 10_000
SECONDS = 15


def test_the_zone_is_the_truth_after_many_changes_with_faults(control_plane, tmp_path):
    # Before the server: of objects with one resourceVersion, as one transaction of etcd makes them, a watch passes on the first ones.
    control_plane.seed([entry(i, address(i)) for i in range(ENTRIES)])
    with meshdns_on(control_plane, tmp_path) as server:
        eventually(lambda: server.get("/ready").status_code == 200, timeout=30)
        seed = int(os.environ.get("MESHDNS_SEED", random.randrange(1 << 32)))
        print(f"MESHDNS_SEED={seed}")
        print(soak(control_plane, server, ENTRIES, SECONDS, seed))
