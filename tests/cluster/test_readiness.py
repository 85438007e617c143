"""What the server says of itself: before the first sync, without permission or CRD, and while much is loading."""

import http.client
import re
import threading
import time

from cluster.conftest import meshdns_on
from support.entries import service_entry
from support.meshdns import addresses, ede_codes, rcode
from support.process import eventually

EDE_NOT_READY = 14
ENTRIES = 100_000
SLOWEST_HEALTH = 0.1  # seconds; 10 ms are promised, and a busy machine with two cores is granted ten times that


def test_before_the_first_sync_it_says_that_it_does_not_know(control_plane, tmp_path):
    control_plane.kill_api_server()
    with meshdns_on(control_plane, tmp_path) as server:
        assert rcode(server.query("a.bar.global")) == "SERVFAIL"
        with_edns = server.query("a.bar.global", use_edns=0)
        assert (rcode(with_edns), ede_codes(with_edns)) == ("SERVFAIL", [EDE_NOT_READY])
        ready = server.get("/ready")
        assert ready.status_code == 503 and "east" in ready.text
        assert server.get("/health").status_code == 200

        control_plane.start()
        eventually(lambda: server.get("/ready").status_code == 200, timeout=70)
        assert rcode(server.query("a.bar.global")) == "NXDOMAIN"


def test_without_permission_it_says_what_to_grant(control_plane, tmp_path):
    control_plane.kubectl("create", "serviceaccount", "nobody")
    nobody = control_plane.service_account_kubeconfig("default", "nobody")
    with meshdns_on(control_plane, tmp_path, nobody) as server:
        server.wait_for_log(re.compile("grant the verbs get, list and watch on serviceentries.networking.istio.io"))
        assert server.get("/ready").status_code == 503


def test_a_cluster_without_the_crd_is_waited_for(control_plane, tmp_path):
    control_plane.kubectl("delete", "crd", "serviceentries.networking.istio.io")
    with meshdns_on(control_plane, tmp_path) as server:
        server.wait_for_log(re.compile("waiting for its CRD"))
        assert server.get("/ready").status_code == 503
        control_plane.install_crds()
        eventually(lambda: server.get("/ready").status_code == 200, timeout=70)


class HealthProbe(threading.Thread):
    """Asks for /health twenty times a second and keeps how long each good answer took."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server = server
        self.seconds = []
        self.failed = []
        self._stopping = threading.Event()
        self.start()

    def run(self):
        while not self._stopping.wait(0.05):
            start = time.monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", self.server.admin_port, timeout=5)
            try:
                connection.request("GET", "/health")
                assert connection.getresponse().status == 200
            except (AssertionError, http.client.HTTPException, OSError) as failure:
                self.failed.append(failure)
            self.seconds.append(time.monotonic() - start)
            connection.close()

    def stop(self):
        self._stopping.set()
        self.join()


def test_health_answers_at_once_while_a_hundred_thousand_entries_load(control_plane, tmp_path):
    control_plane.seed([service_entry(f"load{i}", f"load{i}.bar.global", [f"240.{i >> 16}.{i >> 8 & 255}.{i & 255}"])
                        for i in range(ENTRIES)])
    with meshdns_on(control_plane, tmp_path) as server:
        start = time.monotonic()
        probe = HealthProbe(server)
        eventually(lambda: server.get("/ready").status_code == 200, timeout=120, every=0.1)
        loaded = time.monotonic() - start
        probe.stop()
        assert addresses(server.query(f"load{ENTRIES - 1}.bar.global")) == ["240.1.134.159"]
        slowest = max(probe.seconds)
        print(f"{ENTRIES} entries loaded in {loaded:.1f} s; /health: {len(probe.seconds)} answers, "
              f"the slowest after {1000 * slowest:.1f} ms")
        assert not probe.failed
        assert slowest < SLOWEST_HEALTH
