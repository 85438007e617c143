"""How long a server takes from its start to ready, against the bare transfer of the same list, and what it holds in memory then.

`scripts/bench sync` runs it.
"""

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cluster.conftest import meshdns_on, running_control_plane
from cluster.control_plane import ADMIN_TOKEN
from support.entries import service_entry
from support.process import eventually

RUNS = 5


def transfer(plane):
    """Seconds and bytes of the list of all, in one response that nobody reads."""
    url = f"{plane.url}/apis/networking.istio.io/v1/serviceentries"
    done = subprocess.run(["curl", "--silent", "--fail", "--cacert", plane.directory / "ca.crt", "--header",
                           f"Authorization: Bearer {ADMIN_TOKEN}", "--output", "/dev/null", "--write-out",
                           "%{time_total} %{size_download}", url], check=True, capture_output=True, text=True)
    seconds, size = done.stdout.split()
    return float(seconds), int(size)


def start(plane, directory):
    """Seconds from the start to ready, and the resident set then, in bytes."""
    began = time.monotonic()
    with meshdns_on(plane, directory) as server:
        eventually(lambda: server.get("/ready").status_code == 200, timeout=300, every=0.005)
        seconds = time.monotonic() - began
        status = Path(f"/proc/{server.pid}/status").read_text()
        return seconds, 1024 * int(re.search(r"VmRSS:\s+(\d+) kB", status)[1])


def main(entries):
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        (directory / "plane").mkdir()
        with running_control_plane(directory / "plane") as plane:
            _, empty = start(plane, directory)
            plane.seed([service_entry(f"e{i}", f"e{i}.bar.global", [f"240.{i >> 16}.{i >> 8 & 255}.{i & 255}"])
                        for i in range(entries)])
            start(plane, directory)  # the API server takes its time to see what was seeded
            runs = [(transfer(plane), start(plane, directory)) for _ in range(RUNS)]
    bare, size = min(bare for bare, _ in runs)
    ready, held = min(started for _, started in runs)
    print(f"{entries} entries, the best of {RUNS} runs: ready after {ready:.2f} s, where curl takes {bare:.2f} s for the list "
          f"({size / 1e6:.0f} MB): {ready / bare:.2f} times; resident {held / 1e6:.1f} MB, without entries {empty / 1e6:.1f} "
          f"MB: {(held - empty) / entries:.0f} bytes an entry")


if __name__ == "__main__":
    main(int(sys.argv[1]))
