"""The API server goes away without a word and comes back: nobody who asks notices."""

import time

from support.asker import Asker
from support.entries import service_entry
from support.meshdns import addresses
from support.process import eventually

OUTAGE = 20  # seconds: longer than a few retries, shorter than the longest wait between two of them


def test_the_api_server_is_killed_for_a_while(control_plane, server):
    for i in range(50):
        control_plane.create(service_entry(f"kept{i}", f"kept{i}.bar.global", [f"240.0.2.{i}"]))
    eventually(lambda: addresses(server.query("kept49.bar.global")) == ["240.0.2.49"])

    asker = Asker(server, [f"kept{i}.bar.global" for i in range(50)] + ["unknown.bar.global"])
    control_plane.kill_api_server()
    time.sleep(OUTAGE)  # the outage itself
    assert server.get("/ready").status_code == 200, "the last known data is served: that is ready"
    control_plane.start()
    back = time.monotonic()
    control_plane.create(service_entry("after", "after.foo.global", ["240.0.2.100"]))
    eventually(lambda: addresses(server.query("after.foo.global")) == ["240.0.2.100"], timeout=70)
    asker.stop()
    assert not asker.wrong, f"{len(asker.wrong)} of {asker.asked}, such as {asker.wrong[0]}"
    print(f"{asker.asked} queries, none unanswered or different; "
          f"a new entry was answered {time.monotonic() - back:.1f} s after the API server was back")
